/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ovnfast_smartnic: a SmartNIC in software, for tests of flow offload.
 *
 * Where packets go:
 *
 *	VF ----> rules of its representor ----+--> VF, wire, tunnel, nowhere
 *	wire --> rules of the uplink ---------+
 *	     '-> rules of a tunnel device ----'
 *	whatever the rules do not carry to the end: representor, uplink (the "slow path")
 *
 * Locking:
 *
 * - Packets run in a struct sn_run, under rcu_read_lock() and with softirqs off. They
 *   read lists of rules and sn_port.dev under RCU, and never sleep.
 * - sn_nic.lock is held to change the lists of rules, and to read them in process
 *   context. The callbacks of a block may come without rtnl. Order: rtnl, locks
 *   of the block, sn_nic.lock. What the rules point to (sn_encap, sn_ct) is got
 *   and put without sn_nic.lock, in process context, at once when a rule goes;
 *   its memory has to stay for an RCU grace period (kfree_rcu()).
 * - Ports and NICs stay from load to unload, only the device of a VF comes and
 *   goes (sn_port.dev, changed under rtnl). So rules point to ports as they are.
 */
#ifndef OVNFAST_SMARTNIC_H
#define OVNFAST_SMARTNIC_H

#include <linux/atomic.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <net/flow_dissector.h>
#include <net/flow_offload.h>
#include <net/pkt_cls.h>

#include "compat.h"

#define SN_NAME		"ovnfast_smartnic"
#define SN_MAX_NICS	8
#define SN_MAX_VFS	16
#define SN_MAX_RULES	65536
#define SN_MAX_HITS	20	/* rules and connections that one packet can meet */
#define SN_MAX_OUTPUTS	16	/* copies that one packet can become */
#define SN_MAX_HOPS	4	/* times that one packet can cross a wire */

struct sn_nic;
struct sn_encap;		/* tunnel.c */
struct sn_ct;			/* ct.c */
struct sn_conn;

/*
 * Counting
 */

struct sn_counter {
	atomic64_t packets;
	atomic64_t bytes;
	unsigned long used;	/* jiffies of the last packet, of the creation at first */
};

static inline void sn_counter_init(struct sn_counter *counter)
{
	atomic64_set(&counter->packets, 0);
	atomic64_set(&counter->bytes, 0);
	WRITE_ONCE(counter->used, jiffies);
}

/* Counters of a NIC; their names in debugfs are in debugfs.c, in the same order. */
enum sn_stat {
	SN_HW_PACKETS,		/* carried by rules to their end, drops among them */
	SN_HW_BYTES,
	SN_SLOW_PACKETS,	/* given to representor or uplink, since no rule carried them */
	SN_SLOW_BYTES,
	SN_DROPPED,		/* by a rule, or by its police */
	SN_LOST,		/* nobody to receive: down, unplugged, full queue, no memory */
	SN_TOO_LONG,		/* longer than the MTU of the port to leave by */
	SN_LOOPED,		/* crossed wires SN_MAX_HOPS times */
	SN_WIRE_TX,		/* sent over the wire, by rules or by the host */
	SN_WIRE_RX,
	SN_ENCAPSULATED,
	SN_DECAPSULATED,
	SN_REFUSED,		/* rules not taken: not supported, or told to refuse */
	SN_FAILED,		/* rules not taken: table full, no memory, told to fail */
	SN_STATS,
};

/*
 * Matching
 *
 * Every key that is supported, where skb_flow_dissect() puts it. A packet is
 * dissected once, and compared with rules word by word, under their masks.
 */
struct sn_key {
	struct flow_dissector_key_control control;
	struct flow_dissector_key_basic basic;
	struct flow_dissector_key_eth_addrs eth;
	struct flow_dissector_key_vlan vlan;
	struct flow_dissector_key_vlan cvlan;
	struct flow_dissector_key_ipv4_addrs ipv4;
	struct flow_dissector_key_ipv6_addrs ipv6;
	struct flow_dissector_key_arp arp;
	struct flow_dissector_key_ports ports;
	struct flow_dissector_key_icmp icmp;
	struct flow_dissector_key_ip ip;
	struct flow_dissector_key_tcp tcp;
	/* From here on kept when a packet is dissected again. */
	struct flow_dissector_key_ct ct;		/* set by ct.c */
	struct flow_dissector_key_keyid enc_keyid;	/* enc_*: set by tunnel.c */
	struct flow_dissector_key_control enc_control;
	struct flow_dissector_key_ipv4_addrs enc_ipv4;
	struct flow_dissector_key_ipv6_addrs enc_ipv6;
	struct flow_dissector_key_ports enc_ports;
	struct flow_dissector_key_ip enc_ip;
	struct flow_dissector_key_enc_opts enc_opts;
} __aligned(sizeof(long));

#define SN_KEY_WORDS	(sizeof(struct sn_key) / sizeof(long))

/*
 * Actions
 */

enum sn_action_id {
	SN_DROP,		/* ends */
	SN_OUTPUT,		/* to .port; ends if .last */
	SN_ENCAP_OUTPUT,	/* with .encap on it to the wire; ends if .last */
	SN_GOTO,		/* .chain; ends */
	SN_VLAN_PUSH,
	SN_VLAN_POP,
	SN_VLAN_MANGLE,
	SN_MANGLE,
	SN_POLICE,
	SN_CT,			/* .ct */
	SN_CT_CLEAR,
};

/* One aligned word of a header: word = (word & mask) ^ value, checksums follow. */
struct sn_mangle {
	enum flow_action_mangle_base header;
	u32 offset;
	u32 mask;
	u32 value;
};

struct sn_police {
	spinlock_t lock;	/* of what follows */
	u64 rate;		/* bytes per second */
	u64 burst;		/* bytes */
	u64 tokens;		/* bytes */
	u64 time;		/* ktime_get_ns() of the last packet */
};

struct sn_action {
	enum sn_action_id id;
	bool last;
	union {
		struct sn_port *port;
		struct sn_encap *encap;
		struct sn_ct *ct;
		u32 chain;
		struct {
			__be16 proto;
			u16 tci;
		} vlan;
		struct sn_mangle mangle;
		struct sn_police police;
	};
};

/*
 * Rules
 */

/* What rules are bound to: the ingress of a representor, an uplink, a tunnel device. */
struct sn_block {
	struct sn_nic *nic;
	struct net_device *dev;		/* for names and tc_can_offload() */
	bool tunnel;			/* rules may match enc_*, packets come decapsulated */
	struct list_head rules;		/* of sn_rule, by chain and prio; RCU */
};

struct sn_rule {
	struct list_head list;		/* in sn_block.rules */
	struct list_head in_nic;	/* in sn_nic.rules, in order of arrival */
	struct sn_block *block;
	unsigned long cookie;
	u32 chain;
	u32 prio;
	__be16 protocol;		/* of the filter; ETH_P_ALL for any */
	bool drops;			/* ends in a drop, which statistics tell */
	bool may_miss;			/* goto, ct, encapsulation: may yet end in the slow path */
	u16 first, end;			/* words of the mask in [first, end) are not all zero */
	struct sn_key key;		/* already masked */
	struct sn_key mask;
	struct sn_counter counter;
	u64 told_packets;		/* of the counter, by FLOW_CLS_STATS; sn_nic.lock */
	u64 told_bytes;
	struct rcu_head rcu;
	unsigned int n_actions;
	struct sn_action actions[];
};

/*
 * Ports and NICs
 */

enum sn_kind { SN_UPLINK, SN_REPRESENTOR, SN_VF };

struct sn_port {
	struct sn_nic *nic;
	enum sn_kind kind;
	unsigned int vf;		/* number, of representors and VFs */
	struct net_device __rcu *dev;	/* NULL: a VF that is unplugged */
	struct sn_port *peer;		/* VF and representor; uplinks on one wire; may be NULL */
	struct sn_block block;		/* of uplinks and representors */
	/* What the host sees of its device */
	atomic64_t rx_packets, rx_bytes, tx_packets, tx_bytes, rx_dropped, tx_dropped;
};

enum sn_fault { SN_FAULT_NONE, SN_FAULT_REFUSE, SN_FAULT_FAIL };

struct sn_nic {
	unsigned int id;
	unsigned int n_vfs;
	struct sn_port uplink;
	struct sn_port representors[SN_MAX_VFS];
	struct sn_port vfs[SN_MAX_VFS];
	bool link;			/* of the wire, as told in debugfs; rtnl */

	struct mutex lock;		/* see above */
	struct list_head rules;		/* all of them; sn_nic.lock */
	unsigned int n_rules;
	unsigned int limit;
	enum sn_fault fault;

	atomic64_t stats[SN_STATS];

	void *tunnels;			/* tunnel.c */
	void *conntrack;		/* ct.c */
	void *devlink;			/* devlink.c */
	struct dentry *debugfs;
};

static inline void sn_count(struct sn_nic *nic, enum sn_stat stat, u64 n)
{
	atomic64_add(n, &nic->stats[stat]);
}

/*
 * Packets on their way (table.c)
 *
 * Between ports a packet looks as it does when a device has received it: data
 * at the network header, mac_header set, the outer VLAN tag in skb->vlan_tci.
 */

/* Packets that are yet to be looked at in this run, with their struct sn_cb. */
struct sn_run {
	struct sk_buff_head todo;
};

struct sn_cb {
	struct sn_port *in;	/* representor or uplink whose rules are next */
	u8 hops;
};

#define SN_CB(skb)	((struct sn_cb *)(skb)->cb)

/*
 * One packet and the rules it meets. Until the walk is at its end, nothing is
 * counted or sent, so that it can be called off.
 */
struct sn_walk {
	struct sn_nic *nic;
	struct sk_buff *skb;		/* may be a clone; make writable what is changed */
	struct sk_buff *original;	/* what goes the slow path if the walk is called off */
	struct sn_key key;
	struct sn_conn *conn;		/* of the last ct action; NULL: not tracked */
	u32 chain;
	bool dissect;			/* key is out of date: packet was changed */
	u8 n_hits;
	u8 n_outputs;
	u8 n_encaps;
	struct sn_counter *hits[SN_MAX_HITS];
	struct {
		struct sk_buff *skb;
		struct sn_port *port;
	} outputs[SN_MAX_OUTPUTS];
};

/*
 * Sends a packet through the rules of a block. enc: the enc_* members are taken
 * from it; NULL if the packet did not come through a tunnel. True: the packet was
 * taken care of. False: no rule, or not to the end; it is still the caller's, and
 * as it was.
 */
bool sn_carry(struct sn_run *run, struct sn_block *block, struct sk_buff *skb,
	      const struct sn_key *enc);

/* Has a rule, or connection, counted if the walk comes to its end. False: too many of them. */
bool sn_walk_hit(struct sn_walk *walk, struct sn_counter *counter);

/*
 * Everything that a packet leads to. Both take skb. Input: what a VF sent, as its
 * representor sees it, or what an uplink received. Output: what the host sent.
 */
void sn_run_input(struct sn_port *port, struct sk_buff *skb);
void sn_run_output(struct sn_port *port, struct sk_buff *skb);

/* Packets and bytes that a packet counts for: those it would be on a real wire. */
void sn_skb_length(const struct sk_buff *skb, u64 *packets, u64 *bytes);

void sn_block_init(struct sn_block *block, struct sn_nic *nic, struct net_device *dev,
		   bool tunnel);
int sn_rule_insert(struct sn_rule *rule, struct netlink_ext_ack *extack);
struct sn_rule *sn_rule_remove(struct sn_block *block, unsigned long cookie);
void sn_rule_free(struct sn_rule *rule);	/* after its removal; waits for RCU by itself */
void sn_block_flush(struct sn_block *block);	/* removes and frees what is left */

/*
 * Filters of tc (flower.c)
 */

/* The callback of blocks, for flow_block_cb_alloc(); priv is a struct sn_block. */
int sn_block_cb(enum tc_setup_type type, void *type_data, void *priv);

/*
 * Copies what a rule matches. -EOPNOTSUPP with a reason for keys that are not
 * supported. tunnel: whether enc_* are.
 */
int sn_match_parse(const struct flow_rule *flow, bool tunnel, struct sn_key *key,
		   struct sn_key *mask, struct netlink_ext_ack *extack);
void sn_key_dissect(struct sn_walk *walk);
void sn_flower_init(void);

/*
 * Actions (action.c)
 */

int sn_actions_parse(struct sn_rule *rule, const struct flow_rule *flow,
		     struct netlink_ext_ack *extack);
void sn_actions_put(struct sn_rule *rule);

/* FLOW_ACTION_MANGLE to sn_mangle, if it is a field that can be changed. */
int sn_mangle_parse(struct sn_mangle *mangle, const struct flow_action_entry *entry,
		    const struct sn_key *key, const struct sn_key *mask,
		    struct netlink_ext_ack *extack);

/* Changes the packet of the walk and its checksums. False: no such header, or no memory. */
bool sn_mangle(struct sn_walk *walk, const struct sn_mangle *mangle);

enum sn_verdict { SN_END, SN_CHAIN, SN_MISS };
enum sn_verdict sn_actions_execute(struct sn_walk *walk, struct sn_rule *rule);

/*
 * Devices (port.c)
 */

int sn_ports_create(struct sn_nic *nic);	/* all devices of a NIC; rtnl is not held */
void sn_ports_destroy(struct sn_nic *nic);
int sn_vf_plug(struct sn_nic *nic, unsigned int vf);	/* takes rtnl */
int sn_vf_unplug(struct sn_nic *nic, unsigned int vf);
void sn_link_update(struct sn_nic *nic);	/* rtnl is held */

/* The representor or uplink that a device is; NULL if it is something else. */
struct sn_port *sn_port_of(const struct net_device *dev);

/* Out of the NIC: to the VF of a representor, or over the wire into run->todo. Takes skb. */
void sn_port_output(struct sn_run *run, struct sn_port *port, struct sk_buff *skb, u8 hops);

/* Up to the host by the device of the port. Takes skb. */
void sn_port_receive(struct sn_port *port, struct sk_buff *skb);

/*
 * Files (debugfs.c)
 */

void sn_debugfs_init(void);
void sn_debugfs_exit(void);
void sn_debugfs_create(struct sn_nic *nic);
void sn_debugfs_destroy(struct sn_nic *nic);

/* An Ethernet address of the NIC, by its last byte (main.c). */
void sn_address(u8 *address, const struct sn_nic *nic, u8 last);

/*
 * Tunnels (tunnel.c)
 */

int sn_tunnels_create(struct sn_nic *nic);	/* after the ports are there */
void sn_tunnels_destroy(struct sn_nic *nic);	/* before the ports go; unbinds all */

/*
 * How to encapsulate what goes to dev with the given tunnel_key. ERR_PTR with a
 * reason if dev is no tunnel of this NIC. The caller's info does not stay.
 */
struct sn_encap *sn_encap_get(struct sn_nic *nic, struct net_device *dev,
			      const struct ip_tunnel_info *info,
			      struct netlink_ext_ack *extack);
void sn_encap_put(struct sn_encap *encap);
void sn_encap_show(struct seq_file *file, const struct sn_encap *encap);

/*
 * Takes skb and gives back what goes over the wire, outer Ethernet header and all, in
 * the form that packets have between ports. NULL: not now (no route, neighbour not
 * known, no memory), skb is freed and the slow path has to do it.
 */
struct sk_buff *sn_encap_push(struct sn_encap *encap, struct sk_buff *skb);

/*
 * A packet from the wire that the rules of the uplink did not take. True: it was for a
 * tunnel, and the rules there took it (by sn_carry() of a decapsulated clone).
 */
bool sn_tunnel_receive(struct sn_run *run, struct sn_port *uplink, struct sk_buff *skb);

/* Whether what a rule of a tunnel's block says of enc_* can be compared. */
int sn_tunnel_check(const struct sn_block *block, const struct sn_key *key,
		    const struct sn_key *mask, struct netlink_ext_ack *extack);

/*
 * Connections (ct.c)
 */

int sn_conntrack_create(struct sn_nic *nic);
/* After all rules are gone; it may not have been created. */
void sn_conntrack_destroy(struct sn_nic *nic);

/* The zone and flow table of a FLOW_ACTION_CT that is not a clear. ERR_PTR with a reason. */
struct sn_ct *sn_ct_get(struct sn_nic *nic, const struct flow_action_entry *entry,
			struct netlink_ext_ack *extack);
void sn_ct_put(struct sn_nic *nic, struct sn_ct *ct);
void sn_ct_show(struct seq_file *file, const struct sn_ct *ct);

/*
 * Looks up the connection of walk->skb (walk->key is up to date): sets walk->key.ct,
 * translates addresses (sn_mangle()), sn_walk_hit()s its counter. False: no such connection.
 */
bool sn_ct_apply(struct sn_walk *walk, struct sn_ct *ct);

/* The packet is no longer tracked. */
static inline void sn_ct_clear(struct sn_walk *walk)
{
	walk->conn = NULL;
	memset(&walk->key.ct, 0, sizeof(walk->key.ct));
}

unsigned int sn_ct_entries(struct sn_nic *nic);
void sn_ct_table_show(struct seq_file *file, struct sn_nic *nic);	/* a line per connection */

#endif /* OVNFAST_SMARTNIC_H */
