// SPDX-License-Identifier: GPL-2.0
/*
 * Decapsulation.
 *
 * A packet from the wire that is for a tunnel device is looked up in its rules as
 * the device would give it to tc. What they do not carry to the end goes to the
 * uplink as it came, and so does everything odd (fragments, marked congestion,
 * reserved bits): the stack knows what to do.
 */
#include "smartnic.h"

#include <net/addrconf.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/route.h>
#include <net/udp.h>

#include "tunnel.h"

/* The outer headers of a packet. */
struct sn_outer {
	const struct net_device *uplink;
	int length;		/* from the outer IP header to the inner Ethernet header */
	int end;		/* from the outer IP header to the end of the UDP datagram */
	bool csum;		/* there is a UDP checksum */
	__be16 port;
	struct sn_key key;	/* enc_* */
};

/* IPv4, for an address of this node, whole, and nothing but UDP in it. */
static bool sn_outer_ip4(struct sn_outer *outer, struct sk_buff *skb)
{
	const struct iphdr *ip;
	int length;

	if (!pskb_may_pull(skb, sizeof(*ip)))
		return false;
	ip = ip_hdr(skb);
	length = ip->ihl * 4;
	if (ip->version != 4 || length < sizeof(*ip) || ip->protocol != IPPROTO_UDP ||
	    ip_is_fragment(ip) || INET_ECN_is_ce(ip->tos) || !pskb_may_pull(skb, length))
		return false;
	ip = ip_hdr(skb);
	outer->length = length;
	outer->end = ntohs(ip->tot_len);
	if (ip_fast_csum(ip, ip->ihl) ||
	    inet_addr_type(dev_net(outer->uplink), ip->daddr) != RTN_LOCAL)
		return false;

	outer->key.enc_control.addr_type = FLOW_DISSECTOR_KEY_IPV4_ADDRS;
	outer->key.enc_ipv4.src = ip->saddr;
	outer->key.enc_ipv4.dst = ip->daddr;
	outer->key.enc_ip.tos = ip->tos;
	outer->key.enc_ip.ttl = ip->ttl;
	return true;
}

static bool sn_outer_ip6(struct sn_outer *outer, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;

	if (!pskb_may_pull(skb, sizeof(*ip6)))
		return false;
	ip6 = ipv6_hdr(skb);
	if (ip6->version != 6 || ip6->nexthdr != IPPROTO_UDP ||
	    INET_ECN_is_ce(ipv6_get_dsfield(ip6)) ||
	    !ipv6_chk_addr(dev_net(outer->uplink), &ip6->daddr, NULL, 0))
		return false;
	outer->length = sizeof(*ip6);
	outer->end = sizeof(*ip6) + ntohs(ip6->payload_len);

	outer->key.enc_control.addr_type = FLOW_DISSECTOR_KEY_IPV6_ADDRS;
	outer->key.enc_ipv6.src = ip6->saddr;
	outer->key.enc_ipv6.dst = ip6->daddr;
	outer->key.enc_ip.tos = ipv6_get_dsfield(ip6);
	outer->key.enc_ip.ttl = ip6->hop_limit;
	return true;
}

/* Whether the checksum of the UDP datagram is right, or not yet made. */
static bool sn_outer_csum_ok(const struct sn_outer *outer, const struct sk_buff *skb)
{
	int length = outer->end - outer->length;
	__wsum sum;

	if (skb->ip_summed == CHECKSUM_PARTIAL || skb->ip_summed == CHECKSUM_UNNECESSARY)
		return true;
	sum = skb_checksum(skb, outer->length, length, 0);
	if (outer->key.enc_control.addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS)
		return !csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, length,
					  IPPROTO_UDP, sum);
	return !csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, length,
				IPPROTO_UDP, sum);
}

static bool sn_outer_udp(struct sn_outer *outer, struct sk_buff *skb)
{
	const struct udphdr *udp;

	if (!pskb_may_pull(skb, outer->length + sizeof(*udp)) || outer->end > skb->len)
		return false;
	udp = (const struct udphdr *)(skb->data + outer->length);
	/* The kernel's own packets of many segments tell the length of all of them. */
	if (outer->length + ntohs(udp->len) != outer->end)
		return false;
	outer->port = udp->dest;
	outer->csum = udp->check;
	outer->key.enc_ports.src = udp->source;
	outer->key.enc_ports.dst = udp->dest;
	return true;
}

static bool sn_outer_geneve(struct sn_outer *outer, struct sk_buff *skb)
{
	const struct genevehdr *geneve;
	int at = outer->length + sizeof(struct udphdr), options;

	if (!pskb_may_pull(skb, at + sizeof(*geneve)))
		return false;
	geneve = (const struct genevehdr *)(skb->data + at);
	options = geneve->opt_len * 4;
	if (geneve->ver != SN_GENEVE_VERSION || geneve->proto_type != htons(ETH_P_TEB) ||
	    !pskb_may_pull(skb, at + sizeof(*geneve) + options + ETH_HLEN))
		return false;
	geneve = (const struct genevehdr *)(skb->data + at);

	outer->key.enc_keyid.keyid = cpu_to_be32(geneve->vni[0] << 16 | geneve->vni[1] << 8 |
						 geneve->vni[2]);
	if (options) {
		memcpy(outer->key.enc_opts.data, geneve + 1, options);
		outer->key.enc_opts.len = options;
		outer->key.enc_opts.dst_opt_type = SN_GENEVE_OPT;
	}
	outer->length = at + sizeof(*geneve) + options;
	return outer->length + ETH_HLEN <= outer->end;
}

static bool sn_outer_vxlan(struct sn_outer *outer, struct sk_buff *skb)
{
	const struct vxlanhdr *vxlan;
	int at = outer->length + sizeof(struct udphdr);

	if (!pskb_may_pull(skb, at + sizeof(*vxlan) + ETH_HLEN))
		return false;
	vxlan = (const struct vxlanhdr *)(skb->data + at);
	if (vxlan->vx_flags != VXLAN_HF_VNI || vxlan->vx_vni & ~VXLAN_VNI_MASK)
		return false;

	outer->key.enc_keyid.keyid = vxlan_vni(vxlan->vx_vni);
	outer->length = at + sizeof(*vxlan);
	return outer->length + ETH_HLEN <= outer->end;
}

/* Many segments are to be one packet in the tunnel, not packets of a tunnel each. */
static bool sn_outer_one(const struct sk_buff *skb)
{
	return !skb_is_gso(skb) ||
	       skb_shinfo(skb)->gso_type & (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM);
}

/* A clone of a packet without its outer headers, in the form that packets have between ports. */
static struct sk_buff *sn_decapsulate(struct sk_buff *skb, const struct sn_outer *outer)
{
	struct sk_buff *inner = skb_clone(skb, GFP_ATOMIC);

	if (!inner)
		return NULL;
	if (pskb_trim_rcsum(inner, outer->end))
		goto drop;
	/* To know segments one has to know where the header is that they repeat. */
	if (inner->encapsulation)
		inner->transport_header = inner->inner_transport_header;
	if (iptunnel_pull_offloads(inner))
		goto drop;
	if (outer->csum)
		__skb_decr_checksum_unnecessary(inner);
	skb_pull_rcsum(inner, outer->length);
	skb_scrub_packet(inner, true);
	skb_clear_hash(inner);

	inner->protocol = eth_type_trans(inner, (struct net_device *)outer->uplink);
	skb_postpull_rcsum(inner, eth_hdr(inner), ETH_HLEN);
	skb_reset_network_header(inner);
	skb_reset_mac_len(inner);
	if (eth_type_vlan(inner->protocol))
		inner = skb_vlan_untag(inner);
	return inner;
drop:
	kfree_skb(inner);
	return NULL;
}

static bool sn_tunnel_carry(struct sn_run *run, struct sn_block *block, struct sk_buff *skb,
			    const struct sn_outer *outer)
{
	struct sk_buff *inner = sn_decapsulate(skb, outer);

	if (!inner)
		return false;
	if (sn_carry(run, block, inner, &outer->key))
		return true;
	consume_skb(inner);
	return false;
}

bool sn_tunnel_receive(struct sn_run *run, struct sn_port *uplink, struct sk_buff *skb)
{
	struct sn_nic *nic = uplink->nic;
	struct sn_tunnel *tunnel;
	struct sn_outer outer;
	bool ok;

	if (skb_vlan_tag_present(skb) || !sn_outer_one(skb))
		return false;
	memset(&outer, 0, sizeof(outer));
	outer.uplink = rcu_dereference(uplink->dev);
	if (!outer.uplink || !ether_addr_equal(eth_hdr(skb)->h_dest, outer.uplink->dev_addr))
		return false;

	if (skb->protocol == htons(ETH_P_IP))
		ok = sn_outer_ip4(&outer, skb);
	else if (skb->protocol == htons(ETH_P_IPV6))
		ok = sn_outer_ip6(&outer, skb);
	else
		ok = false;
	if (!ok || !sn_outer_udp(&outer, skb))
		return false;

	tunnel = sn_tunnel_lookup(dev_net(outer.uplink), outer.port);
	if (!tunnel || list_empty(&tunnel->blocks[nic->id].rules))
		return false;
	/* Without a checksum IPv6 is for those who asked for it. */
	if (!outer.csum && skb->protocol == htons(ETH_P_IPV6) && !tunnel->config.zero_csum6)
		return false;
	if (outer.csum && !sn_outer_csum_ok(&outer, skb))
		return false;

	ok = tunnel->config.vxlan ? sn_outer_vxlan(&outer, skb) : sn_outer_geneve(&outer, skb);
	if (!ok || !sn_tunnel_carry(run, &tunnel->blocks[nic->id], skb, &outer))
		return false;
	sn_count(nic, SN_DECAPSULATED, 1);
	consume_skb(skb);
	return true;
}
