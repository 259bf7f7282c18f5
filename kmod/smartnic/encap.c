// SPDX-License-Identifier: GPL-2.0
/*
 * Encapsulation in Geneve and VXLAN: the NIC writes the outer headers by itself.
 *
 * Where a packet is to go is looked up for each: route and neighbour are those of
 * the network namespace of the uplink, and follow it without being told. What
 * cannot be sent like that (a route by another device, a neighbour that is not
 * known yet, a packet too long for the way) is left to the stack, which resolves,
 * answers or fragments as it would without a NIC.
 */
#include "smartnic.h"

#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/inet_ecn.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "tunnel.h"

struct sn_encap {
	struct sn_nic *nic;
	int ifindex;		/* of the tunnel device, in the uplink's namespace */
	bool vxlan;
	bool ipv6;
	bool csum;
	bool df;
	bool oam;
	bool critical;
	u8 tos;
	u8 ttl;			/* 0: that of the route */
	__be16 port;
	__be32 label;
	u32 vni;
	union {
		struct {
			__be32 src, dst;
		} ip4;
		struct {
			struct in6_addr src, dst;
		} ip6;
	};
	struct rcu_head rcu;
	u8 n_options;		/* bytes */
	u8 options[];
};

/* The way to the other end; what a lookup gives. */
struct sn_way {
	struct dst_entry *dst;
	u8 neighbour[MAX_ADDR_LEN];
	u8 ttl;
	union {
		__be32 ip4_src;
		struct in6_addr ip6_src;
	};
};

struct sn_encap *sn_encap_get(struct sn_nic *nic, struct net_device *dev,
			      const struct ip_tunnel_info *info, struct netlink_ext_ack *extack)
{
	struct sn_tunnel_config config;
	struct sn_encap *encap;
	struct net *net;
	int err;

	err = sn_tunnel_config(dev, &config, extack);
	if (err)
		return ERR_PTR(err);

	rcu_read_lock();
	net = dev_net(rcu_dereference(nic->uplink.dev));
	rcu_read_unlock();
	if (!net_eq(config.net, net) || !net_eq(dev_net(dev), net)) {
		NL_SET_ERR_MSG_MOD(extack, "the tunnel is in another network namespace than the uplink");
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (!(info->mode & IP_TUNNEL_INFO_TX)) {
		NL_SET_ERR_MSG_MOD(extack, "tunnel_key is not one to send with");
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (config.vxlan && info->options_len) {
		NL_SET_ERR_MSG_MOD(extack, "options are supported in Geneve only");
		return ERR_PTR(-EOPNOTSUPP);
	}

	encap = kzalloc(sizeof(*encap) + info->options_len, GFP_KERNEL);
	if (!encap)
		return ERR_PTR(-ENOMEM);
	encap->nic = nic;
	encap->ifindex = dev->ifindex;
	encap->vxlan = config.vxlan;
	encap->ipv6 = info->mode & IP_TUNNEL_INFO_IPV6;
	encap->csum = sn_tunnel_flag(info, CSUM);
	encap->df = sn_tunnel_flag(info, DONT_FRAGMENT);
	encap->oam = sn_tunnel_flag(info, OAM);
	encap->critical = sn_tunnel_flag(info, CRIT_OPT);
	encap->tos = info->key.tos;
	encap->ttl = info->key.ttl;
	/* As the devices do it: VXLAN goes where the key says, Geneve where it listens itself. */
	encap->port = config.vxlan && info->key.tp_dst ? info->key.tp_dst : config.port;
	encap->label = info->key.label;
	encap->vni = be32_to_cpu(tunnel_id_to_key32(info->key.tun_id));
	if (encap->ipv6) {
		encap->ip6.src = info->key.u.ipv6.src;
		encap->ip6.dst = info->key.u.ipv6.dst;
	} else {
		encap->ip4.src = info->key.u.ipv4.src;
		encap->ip4.dst = info->key.u.ipv4.dst;
	}
	encap->n_options = info->options_len;
	if (info->options_len)
		ip_tunnel_info_opts_get(encap->options, info);
	return encap;
}

void sn_encap_put(struct sn_encap *encap)
{
	kfree_rcu(encap, rcu);
}

void sn_encap_show(struct seq_file *file, const struct sn_encap *encap)
{
	seq_printf(file, "encap(%s,vni=%u,port=%u,", encap->vxlan ? "vxlan" : "geneve", encap->vni,
		   ntohs(encap->port));
	if (encap->ipv6)
		seq_printf(file, "src=%pI6c,dst=%pI6c", &encap->ip6.src, &encap->ip6.dst);
	else
		seq_printf(file, "src=%pI4,dst=%pI4", &encap->ip4.src, &encap->ip4.dst);
	if (encap->csum)
		seq_puts(file, ",csum");
	if (encap->n_options)
		seq_printf(file, ",options=%*phN", encap->n_options, encap->options);
	seq_putc(file, ')');
}

static int sn_outer_length(const struct sn_encap *encap)
{
	return (encap->ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) +
	       sizeof(struct udphdr) +
	       (encap->vxlan ? sizeof(struct vxlanhdr) : sizeof(struct genevehdr)) +
	       encap->n_options;
}

/* Whether a frame, data at its Ethernet header, can be sent in packets of mtu bytes. */
static bool sn_fits(const struct sk_buff *skb, int outer, unsigned int mtu)
{
	int rest = (int)mtu - outer - skb_network_offset(skb);

	if (rest <= 0)
		return false;
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, rest);
	return skb->len - skb_network_offset(skb) <= rest;
}

/* Takes the reference to dst over into way; false, and no reference, if it is of no use. */
static bool sn_way_by(struct sn_way *way, struct dst_entry *dst, const void *to,
		      const struct net_device *uplink)
{
	struct neighbour *neighbour;
	bool known;

	if (dst->dev != uplink)
		goto no;
	neighbour = dst_neigh_lookup(dst, to);
	if (IS_ERR_OR_NULL(neighbour))
		goto no;
	/* Starts to look for it, or to check it again, as sending by the stack would. */
	known = !neigh_event_send(neighbour, NULL);
	if (known)
		neigh_ha_snapshot(way->neighbour, neighbour, uplink);
	neigh_release(neighbour);
	if (!known)
		goto no;

	way->dst = dst;
	return true;
no:
	dst_release(dst);
	return false;
}

static bool sn_way_ip4(struct sn_way *way, const struct sn_encap *encap, struct net *net,
		       const struct net_device *uplink, __be16 sport)
{
	struct flowi4 flow = {
		.flowi4_proto = IPPROTO_UDP,
		.daddr = encap->ip4.dst,
		.saddr = encap->ip4.src,
		.fl4_sport = sport,
		.fl4_dport = encap->port,
	};
	struct rtable *route = ip_route_output_key(net, &flow);

	if (IS_ERR(route))
		return false;
	way->ip4_src = flow.saddr;
	way->ttl = encap->ttl ?: ip4_dst_hoplimit(&route->dst);
	return sn_way_by(way, &route->dst, &flow.daddr, uplink);
}

static bool sn_way_ip6(struct sn_way *way, const struct sn_encap *encap, struct net *net,
		       const struct net_device *uplink, __be16 sport)
{
	struct flowi6 flow = {
		.flowi6_proto = IPPROTO_UDP,
		.daddr = encap->ip6.dst,
		.saddr = encap->ip6.src,
		.flowlabel = encap->label,
		.fl6_sport = sport,
		.fl6_dport = encap->port,
	};
	struct dst_entry *dst = ip6_dst_lookup_flow(net, NULL, &flow, NULL);

	if (IS_ERR(dst))
		return false;
	way->ip6_src = flow.saddr;
	way->ttl = encap->ttl ?: ip6_dst_hoplimit(dst);
	return sn_way_by(way, dst, &flow.daddr, uplink);
}

static void sn_push_tunnel(struct sk_buff *skb, const struct sn_encap *encap)
{
	if (encap->vxlan) {
		struct vxlanhdr *vxlan = __skb_push(skb, sizeof(*vxlan));

		vxlan->vx_flags = VXLAN_HF_VNI;
		vxlan->vx_vni = vxlan_vni_field(cpu_to_be32(encap->vni));
	} else {
		struct genevehdr *geneve = __skb_push(skb, sizeof(*geneve) + encap->n_options);

		memset(geneve, 0, sizeof(*geneve));
		geneve->ver = SN_GENEVE_VERSION;
		geneve->opt_len = encap->n_options / 4;
		geneve->oam = encap->oam;
		geneve->critical = encap->critical;
		geneve->proto_type = htons(ETH_P_TEB);
		geneve->vni[0] = encap->vni >> 16;
		geneve->vni[1] = encap->vni >> 8;
		geneve->vni[2] = encap->vni;
		memcpy(geneve + 1, encap->options, encap->n_options);
	}
	skb_set_inner_protocol(skb, htons(ETH_P_TEB));
}

static void sn_push_udp(struct sk_buff *skb, const struct sn_encap *encap,
			const struct sn_way *way, __be16 sport)
{
	struct udphdr *udp = __skb_push(skb, sizeof(*udp));

	skb_reset_transport_header(skb);
	udp->source = sport;
	udp->dest = encap->port;
	udp->len = htons(skb->len);
	udp->check = 0;
	if (encap->ipv6)
		udp6_set_csum(!encap->csum, skb, &way->ip6_src, &encap->ip6.dst, skb->len);
	else
		udp_set_csum(!encap->csum, skb, way->ip4_src, encap->ip4.dst, skb->len);
}

static void sn_push_ip(struct sk_buff *skb, const struct sn_encap *encap,
		       const struct sn_way *way, struct net *net, u8 tos)
{
	if (encap->ipv6) {
		struct ipv6hdr *ip6;
		int length = skb->len;

		ip6 = __skb_push(skb, sizeof(*ip6));
		ip6_flow_hdr(ip6, tos, encap->label);
		ip6->payload_len = htons(length);
		ip6->nexthdr = IPPROTO_UDP;
		ip6->hop_limit = way->ttl;
		ip6->saddr = way->ip6_src;
		ip6->daddr = encap->ip6.dst;
		skb->protocol = htons(ETH_P_IPV6);
	} else {
		struct iphdr *ip = __skb_push(skb, sizeof(*ip));

		ip->version = 4;
		ip->ihl = sizeof(*ip) / 4;
		ip->tos = tos;
		ip->tot_len = htons(skb->len);
		ip->frag_off = encap->df ? htons(IP_DF) : 0;
		ip->ttl = way->ttl;
		ip->protocol = IPPROTO_UDP;
		ip->saddr = way->ip4_src;
		ip->daddr = encap->ip4.dst;
		__ip_select_ident(net, ip, skb_shinfo(skb)->gso_segs ?: 1);
		ip_send_check(ip);
		skb->protocol = htons(ETH_P_IP);
	}
	skb_reset_network_header(skb);
}

/* Data is at the Ethernet header before and after. */
static bool sn_push_outer(struct sk_buff *skb, const struct sn_encap *encap,
			  const struct sn_way *way, struct net_device *uplink, __be16 sport)
{
	u8 tos = ip_tunnel_ecn_encap(encap->tos, ip_hdr(skb), skb);
	struct ethhdr *eth;

	if (skb_cow_head(skb, LL_RESERVED_SPACE(uplink) + sn_outer_length(encap)))
		return false;
	if (iptunnel_handle_offloads(skb, encap->csum ? SKB_GSO_UDP_TUNNEL_CSUM : SKB_GSO_UDP_TUNNEL))
		return false;

	sn_push_tunnel(skb, encap);
	sn_push_udp(skb, encap, way, sport);
	sn_push_ip(skb, encap, way, dev_net(uplink), tos);

	eth = __skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, way->neighbour);
	ether_addr_copy(eth->h_source, uplink->dev_addr);
	eth->h_proto = skb->protocol;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	return true;
}

struct sk_buff *sn_encap_push(struct sn_encap *encap, struct sk_buff *skb)
{
	struct net_device *uplink = rcu_dereference(encap->nic->uplink.dev);
	struct net_device *tunnel;
	struct sn_way way;
	struct net *net;
	__be16 sport;
	bool ok;

	if (!uplink)
		goto slow;
	net = dev_net(uplink);
	/* A device that is gone or down sends nothing; what becomes of it then, the stack knows. */
	tunnel = dev_get_by_index_rcu(net, encap->ifindex);
	if (!tunnel || !netif_running(tunnel))
		goto slow;
	/* There is room for one tunnel in what a packet tells of its segments. */
	if (skb->encapsulation && skb_is_gso(skb))
		goto slow;

	skb_push(skb, -skb_mac_offset(skb));
	if (skb_vlan_tag_present(skb)) {
		skb = __vlan_hwaccel_push_inside(skb);
		if (!skb)
			return NULL;
		skb_reset_mac_header(skb);
	}

	sport = udp_flow_src_port(net, skb, 1, USHRT_MAX, true);
	ok = encap->ipv6 ? sn_way_ip6(&way, encap, net, uplink, sport) :
			   sn_way_ip4(&way, encap, net, uplink, sport);
	if (!ok)
		goto slow;
	ok = sn_fits(skb, sn_outer_length(encap), dst_mtu(way.dst));
	if (ok) {
		skb_scrub_packet(skb, true);
		ok = sn_push_outer(skb, encap, &way, uplink, sport);
	}
	dst_release(way.dst);
	if (!ok)
		goto slow;

	skb->dev = uplink;
	__skb_pull(skb, ETH_HLEN);
	return skb;
slow:
	kfree_skb(skb);
	return NULL;
}
