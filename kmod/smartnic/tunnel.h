/* SPDX-License-Identifier: GPL-2.0 */
/* What encapsulation and decapsulation share. */
#ifndef OVNFAST_SMARTNIC_TUNNEL_H
#define OVNFAST_SMARTNIC_TUNNEL_H

#include <net/geneve.h>
#include <net/ip_tunnels.h>
#include <net/vxlan.h>

/* 6.10 made a bitmap of the flags of tunnels, and numbers of bits of their names. */
#ifdef IP_TUNNEL_DECLARE_FLAGS
#define sn_tunnel_flag(info, name)	test_bit(IP_TUNNEL_##name##_BIT, (info)->key.tun_flags)
#define SN_GENEVE_OPT			IP_TUNNEL_GENEVE_OPT_BIT
#else
#define sn_tunnel_flag(info, name)	(!!((info)->key.tun_flags & TUNNEL_##name))
#define SN_GENEVE_OPT			TUNNEL_GENEVE_OPT
#endif

#define SN_GENEVE_VERSION	0

/* What stays of a tunnel device as long as it lives. */
struct sn_tunnel_config {
	struct net *net;	/* the underlay's; to compare, not to follow */
	bool vxlan;		/* else Geneve */
	bool zero_csum6;	/* takes UDP over IPv6 without a checksum */
	__be16 port;		/* where it listens */
};

/* -EOPNOTSUPP with a reason for what is no tunnel that the NIC understands. */
int sn_tunnel_config(struct net_device *dev, struct sn_tunnel_config *config,
		     struct netlink_ext_ack *extack);

struct sn_tunnel {
	struct list_head list;		/* in sn_tunnels */
	struct net_device *dev;
	struct sn_tunnel_config config;
	struct sn_block blocks[SN_MAX_NICS];	/* by number of the NIC, if it is there */
	struct rcu_head rcu;
};

/* The tunnel that takes what comes to a port; NULL if none does. RCU. */
struct sn_tunnel *sn_tunnel_lookup(const struct net *net, __be16 port);

#endif /* OVNFAST_SMARTNIC_TUNNEL_H */
