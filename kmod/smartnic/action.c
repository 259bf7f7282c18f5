// SPDX-License-Identifier: GPL-2.0
/*
 * Actions of rules: taken from a filter, done to packets.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/icmpv6.h>
#include <linux/tc_act/tc_csum.h>
#include <linux/tc_act/tc_ct.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "smartnic.h"

/*
 * Headers that are changed
 */

/* Bits of a word that may be changed, as they lie in memory. */
static u32 sn_mangle_allowed(enum flow_action_mangle_base header, u32 offset)
{
	const __be32 all = htonl(0xffffffff);
	__be32 allowed = 0;

	switch (header) {
	case FLOW_ACT_MANGLE_HDR_TYPE_ETH:
		if (offset <= 8)	/* both addresses */
			allowed = all;
		break;
	case FLOW_ACT_MANGLE_HDR_TYPE_IP4:
		if (offset == 0)	/* TOS */
			allowed = htonl(0x00ff0000);
		else if (offset == 8)	/* TTL */
			allowed = htonl(0xff000000);
		else if (offset == 12 || offset == 16)
			allowed = all;
		break;
	case FLOW_ACT_MANGLE_HDR_TYPE_IP6:
		if (offset == 0)	/* traffic class, flow label */
			allowed = htonl(0x0fffffff);
		else if (offset == 4)	/* hop limit */
			allowed = htonl(0x000000ff);
		else if (offset >= 8 && offset <= 36)
			allowed = all;
		break;
	case FLOW_ACT_MANGLE_HDR_TYPE_TCP:
	case FLOW_ACT_MANGLE_HDR_TYPE_UDP:
		if (offset == 0)	/* ports */
			allowed = all;
		break;
	default:
		break;
	}
	return (__force u32)allowed;
}

/* Whether what a rule matches has the header that it changes. */
static bool sn_mangle_has_header(enum flow_action_mangle_base header,
				 const struct sn_key *key, const struct sn_key *mask)
{
	const bool ip4 = key->basic.n_proto == htons(ETH_P_IP);
	const bool ip6 = key->basic.n_proto == htons(ETH_P_IPV6);
	const bool l3 = mask->basic.n_proto == htons(0xffff) && (ip4 || ip6);
	const bool l4 = l3 && mask->basic.ip_proto == 0xff;

	switch (header) {
	case FLOW_ACT_MANGLE_HDR_TYPE_ETH:
		return true;
	case FLOW_ACT_MANGLE_HDR_TYPE_IP4:
		return l3 && ip4;
	case FLOW_ACT_MANGLE_HDR_TYPE_IP6:
		return l3 && ip6;
	case FLOW_ACT_MANGLE_HDR_TYPE_TCP:
		return l4 && key->basic.ip_proto == IPPROTO_TCP;
	case FLOW_ACT_MANGLE_HDR_TYPE_UDP:
		return l4 && key->basic.ip_proto == IPPROTO_UDP;
	default:
		return false;
	}
}

int sn_mangle_parse(struct sn_mangle *mangle, const struct flow_action_entry *entry,
		    const struct sn_key *key, const struct sn_key *mask,
		    struct netlink_ext_ack *extack)
{
	u32 allowed;

	mangle->header = entry->mangle.htype;
	mangle->offset = entry->mangle.offset;
	mangle->mask = entry->mangle.mask;
	mangle->value = entry->mangle.val;
	allowed = sn_mangle_allowed(mangle->header, mangle->offset);
	if (mangle->offset % sizeof(u32) || ((~mangle->mask | mangle->value) & ~allowed)) {
		NL_SET_ERR_MSG_MOD(extack, "cannot change this field of a header");
		return -EOPNOTSUPP;
	}
	if (!sn_mangle_has_header(mangle->header, key, mask)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "cannot change a header that the filter does not match by its protocol");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Where the network header is, behind VLAN tags that are in the data, and which. < 0: nowhere. */
static int sn_l3_offset(const struct sk_buff *skb, __be16 *protocol)
{
	struct vlan_hdr *vlan, _vlan;
	int offset = 0;

	*protocol = skb->protocol;
	while (eth_type_vlan(*protocol)) {
		vlan = skb_header_pointer(skb, offset, sizeof(_vlan), &_vlan);
		if (!vlan)
			return -EINVAL;
		*protocol = vlan->h_vlan_encapsulated_proto;
		offset += sizeof(_vlan);
	}
	return offset;
}

struct sn_headers {
	int l3;
	int l4;			/* 0: none, as in later fragments */
	__be16 protocol;
	u8 l4_protocol;
	u16 l4_check;		/* offset of the checksum in the header, if l4_size */
	u16 l4_size;		/* 0: a protocol whose checksum does not cover addresses */
};

/* Where the headers of an IP packet are. False: not IP, or cut short. */
static bool sn_headers_find(const struct sk_buff *skb, struct sn_headers *headers)
{
	struct ipv6hdr *ip6, _ip6;
	struct iphdr *ip4, _ip4;
	__be16 fragment;
	u8 protocol;
	int l3, l4;

	memset(headers, 0, sizeof(*headers));
	l3 = sn_l3_offset(skb, &headers->protocol);
	if (l3 < 0)
		return false;
	headers->l3 = l3;
	switch (headers->protocol) {
	case htons(ETH_P_IP):
		ip4 = skb_header_pointer(skb, l3, sizeof(_ip4), &_ip4);
		if (!ip4 || ip4->ihl < 5)
			return false;
		protocol = ip4->protocol;
		fragment = ip4->frag_off & htons(IP_OFFSET);
		l4 = l3 + ip4->ihl * 4;
		break;
	case htons(ETH_P_IPV6):
		ip6 = skb_header_pointer(skb, l3, sizeof(_ip6), &_ip6);
		if (!ip6)
			return false;
		protocol = ip6->nexthdr;
		l4 = ipv6_skip_exthdr(skb, l3 + sizeof(_ip6), &protocol, &fragment);
		if (l4 < 0)
			return false;
		fragment &= htons(IP6_OFFSET);
		break;
	default:
		return false;
	}
	if (fragment)
		return true;
	headers->l4 = l4;
	headers->l4_protocol = protocol;
	switch (protocol) {
	case IPPROTO_TCP:
		headers->l4_size = sizeof(struct tcphdr);
		headers->l4_check = offsetof(struct tcphdr, check);
		break;
	case IPPROTO_UDP:
		headers->l4_size = sizeof(struct udphdr);
		headers->l4_check = offsetof(struct udphdr, check);
		break;
	case IPPROTO_ICMPV6:
		headers->l4_size = sizeof(struct icmp6hdr);
		headers->l4_check = offsetof(struct icmp6hdr, icmp6_cksum);
		break;
	}
	return true;
}

/* One word at an offset of the data. The checksum of the layer above follows, if any. */
static bool sn_mangle_word(struct sk_buff *skb, const struct sn_headers *headers,
			   const struct sn_mangle *mangle, int offset, bool address)
{
	__be32 old, new, *word;
	__sum16 *check;
	bool udp;

	if (skb_ensure_writable(skb, offset + sizeof(*word)))
		return false;
	if (headers->l4 && headers->l4_size &&
	    skb_ensure_writable(skb, headers->l4 + headers->l4_size))
		return false;

	word = (__be32 *)(skb->data + offset);
	old = *word;
	new = (__force __be32)(((__force u32)old & mangle->mask) ^ mangle->value);
	*word = new;
	if (mangle->header == FLOW_ACT_MANGLE_HDR_TYPE_IP4)
		csum_replace4(&((struct iphdr *)(skb->data + headers->l3))->check, old, new);

	if (!headers->l4 || !headers->l4_size ||
	    (mangle->header == FLOW_ACT_MANGLE_HDR_TYPE_IP4 && !address) ||
	    (mangle->header == FLOW_ACT_MANGLE_HDR_TYPE_IP6 && !address))
		return true;
	check = (__sum16 *)(skb->data + headers->l4 + headers->l4_check);
	udp = headers->l4_protocol == IPPROTO_UDP;
	if (udp && !*check && skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	inet_proto_csum_replace4(check, skb, old, new, address);
	if (udp && !*check)
		*check = CSUM_MANGLED_0;
	return true;
}

bool sn_mangle(struct sn_walk *walk, const struct sn_mangle *mangle)
{
	struct sk_buff *skb = walk->skb;
	struct sn_headers headers;
	u32 *word;

	walk->dissect = true;
	if (mangle->header == FLOW_ACT_MANGLE_HDR_TYPE_ETH) {
		if (skb_cow(skb, 0))
			return false;
		word = (u32 *)(skb_mac_header(skb) + mangle->offset);
		*word = (*word & mangle->mask) ^ mangle->value;
		return true;
	}

	/* A tunnel of the VF itself: the checksum that is still to be made is an inner one. */
	if (skb->encapsulation || !sn_headers_find(skb, &headers))
		return false;
	skb_clear_hash(skb);
	switch (mangle->header) {
	case FLOW_ACT_MANGLE_HDR_TYPE_IP4:
		return headers.protocol == htons(ETH_P_IP) &&
		       sn_mangle_word(skb, &headers, mangle, headers.l3 + mangle->offset,
				      mangle->offset >= offsetof(struct iphdr, saddr));
	case FLOW_ACT_MANGLE_HDR_TYPE_IP6:
		return headers.protocol == htons(ETH_P_IPV6) &&
		       sn_mangle_word(skb, &headers, mangle, headers.l3 + mangle->offset,
				      mangle->offset >= offsetof(struct ipv6hdr, saddr));
	case FLOW_ACT_MANGLE_HDR_TYPE_TCP:
	case FLOW_ACT_MANGLE_HDR_TYPE_UDP:
		if (!headers.l4)
			return true;	/* a later fragment has no ports */
		return headers.l4_protocol ==
			       (mangle->header == FLOW_ACT_MANGLE_HDR_TYPE_TCP ? IPPROTO_TCP :
										 IPPROTO_UDP) &&
		       sn_mangle_word(skb, &headers, mangle, headers.l4 + mangle->offset, false);
	default:
		return false;
	}
}

/* Pushes, pops or changes the outer VLAN tag, which is the one in skb->vlan_tci. */
static bool sn_vlan(struct sn_walk *walk, const struct sn_action *action)
{
	struct sk_buff *skb = walk->skb;
	int err = 0;

	walk->dissect = true;
	switch (action->id) {
	case SN_VLAN_MANGLE:
		if (!skb_vlan_tag_present(skb))
			return false;
		__vlan_hwaccel_put_tag(skb, action->vlan.proto, action->vlan.tci);
		return true;
	case SN_VLAN_PUSH:
	case SN_VLAN_POP:
		/* These two want the data to begin at the Ethernet header. */
		__skb_push(skb, ETH_HLEN);
		if (action->id == SN_VLAN_PUSH)
			err = skb_vlan_push(skb, action->vlan.proto, action->vlan.tci);
		else
			err = skb_vlan_pop(skb);
		__skb_pull(skb, ETH_HLEN);
		skb_reset_network_header(skb);
		skb_reset_mac_len(skb);
		return !err;
	default:
		return false;
	}
}

/* Whether a packet is within the rate. */
static bool sn_police_conforms(struct sn_police *police, const struct sk_buff *skb)
{
	const u64 now = ktime_get_ns();
	u64 packets, bytes, filled;
	bool conforms;

	sn_skb_length(skb, &packets, &bytes);
	spin_lock_bh(&police->lock);
	/* A bucket that rests for a second is full, whatever its rate; so nothing overflows. */
	filled = min_t(u64, now - police->time, NSEC_PER_SEC);
	filled = mul_u64_u32_div(police->rate, filled, NSEC_PER_SEC);
	police->tokens = min(police->tokens + filled, police->burst);
	police->time = now;
	conforms = police->tokens >= bytes;
	if (conforms)
		police->tokens -= bytes;
	spin_unlock_bh(&police->lock);
	return conforms;
}

/*
 * Doing it
 */

static bool sn_output(struct sn_walk *walk, struct sk_buff *skb, struct sn_port *port)
{
	if (!skb || walk->n_outputs == SN_MAX_OUTPUTS) {
		if (skb != walk->original)
			kfree_skb(skb);
		return false;
	}
	walk->outputs[walk->n_outputs].skb = skb;
	walk->outputs[walk->n_outputs].port = port;
	walk->n_outputs++;
	return true;
}

/*
 * Sends the packet, or a copy of it, to a port. False: it could not be encapsulated,
 * or there is no memory or no room for one more.
 */
static bool sn_send(struct sn_walk *walk, const struct sn_action *action)
{
	struct sk_buff *skb = walk->skb;

	if (action->last)
		walk->skb = NULL;
	else
		skb = skb_clone(skb, GFP_ATOMIC);
	if (action->id == SN_OUTPUT)
		return sn_output(walk, skb, action->port);
	if (skb)
		skb = sn_encap_push(action->encap, skb);
	walk->n_encaps++;
	return sn_output(walk, skb, &walk->nic->uplink);
}

enum sn_verdict sn_actions_execute(struct sn_walk *walk, struct sn_rule *rule)
{
	struct sn_action *action;
	bool copied, done;

	/* What may yet go the slow path has to stay as it is. */
	if (walk->skb == walk->original && (rule->may_miss || walk->skb->encapsulation)) {
		walk->skb = skb_clone(walk->original, GFP_ATOMIC);
		if (!walk->skb)
			return SN_MISS;
	}
	copied = walk->skb != walk->original;
	for (action = rule->actions; action < rule->actions + rule->n_actions; action++) {
		done = true;
		switch (action->id) {
		case SN_DROP:
			sn_count(walk->nic, SN_DROPPED, 1);
			return SN_END;
		case SN_GOTO:
			walk->chain = action->chain;
			return SN_CHAIN;
		case SN_OUTPUT:
		case SN_ENCAP_OUTPUT:
			done = sn_send(walk, action);
			break;
		case SN_VLAN_PUSH:
		case SN_VLAN_POP:
		case SN_VLAN_MANGLE:
			done = sn_vlan(walk, action);
			break;
		case SN_MANGLE:
			done = sn_mangle(walk, &action->mangle);
			break;
		case SN_POLICE:
			if (sn_police_conforms(&action->police, walk->skb))
				break;
			sn_count(walk->nic, SN_DROPPED, 1);
			return SN_END;
		case SN_CT:
			if (walk->dissect)
				sn_key_dissect(walk);
			done = sn_ct_apply(walk, action->ct);
			break;
		case SN_CT_CLEAR:
			sn_ct_clear(walk);
			break;
		}
		if (!done && copied)
			return SN_MISS;
		if (!done) {
			/* There is no way back: as if the wire had lost it. */
			sn_count(walk->nic, SN_LOST, 1);
			return SN_END;
		}
		if (action->last)
			break;
	}
	return SN_END;
}

/*
 * Taking it from a filter
 */

static int sn_police_parse(struct sn_police *police, const struct flow_action_entry *entry,
			   struct netlink_ext_ack *extack)
{
#if KERNEL_BEFORE(5, 18)
	NL_SET_ERR_MSG_MOD(extack, "this kernel does not tell what police does with excess");
	return -EOPNOTSUPP;
#else
	if (entry->police.exceed.act_id != FLOW_ACTION_DROP ||
	    entry->police.notexceed.act_id != FLOW_ACTION_PIPE) {
		NL_SET_ERR_MSG_MOD(extack, "police has to be conform-exceed drop/pipe");
		return -EOPNOTSUPP;
	}
	if (!entry->police.rate_bytes_ps || entry->police.rate_pkt_ps ||
	    entry->police.peakrate_bytes_ps || entry->police.avrate || entry->police.overhead) {
		NL_SET_ERR_MSG_MOD(extack, "police has to be by rate and burst, in bytes");
		return -EOPNOTSUPP;
	}
	spin_lock_init(&police->lock);
	police->rate = entry->police.rate_bytes_ps;
	police->burst = entry->police.burst;
	police->tokens = police->burst;
	police->time = ktime_get_ns();
	return 0;
#endif
}

/* A new VLAN tag must say of its priority what tc would leave there. */
static int sn_vlan_parse(struct sn_action *action, const struct flow_action_entry *entry,
			 const struct sn_rule *rule, struct netlink_ext_ack *extack)
{
	action->vlan.proto = entry->vlan.proto;
	action->vlan.tci = entry->vlan.vid | (entry->vlan.prio << VLAN_PRIO_SHIFT);
	if (entry->id == FLOW_ACTION_VLAN_MANGLE && !entry->vlan.prio &&
	    (rule->mask.vlan.vlan_priority != 7 || rule->key.vlan.vlan_priority)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "changing a VLAN tag needs its priority, given or matched");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int sn_output_parse(struct sn_action *action, const struct flow_action_entry *entry,
			   const struct ip_tunnel_info *tunnel, struct sn_rule *rule,
			   struct netlink_ext_ack *extack)
{
	struct sn_nic *nic = rule->block->nic;
	struct sn_encap *encap;
	struct sn_port *port;

	if (!entry->dev) {
		NL_SET_ERR_MSG_MOD(extack, "the device to send to is gone");
		return -EOPNOTSUPP;
	}
	action->last = entry->id == FLOW_ACTION_REDIRECT;
	port = sn_port_of(entry->dev);
	if (port && port->nic == nic && !tunnel) {
		action->id = SN_OUTPUT;
		action->port = port;
		return 0;
	}
	if (port && tunnel) {
		NL_SET_ERR_MSG_MOD(extack, "only tunnel devices encapsulate");
		return -EOPNOTSUPP;
	}
	if (port) {
		NL_SET_ERR_MSG_MOD(extack, "cannot send to a port of another NIC");
		return -EOPNOTSUPP;
	}
	if (!tunnel) {
		NL_SET_ERR_MSG_MOD(extack,
				   "can only send to representors and the uplink of this NIC");
		return -EOPNOTSUPP;
	}
	encap = sn_encap_get(nic, entry->dev, tunnel, extack);
	if (IS_ERR(encap))
		return PTR_ERR(encap);
	action->id = SN_ENCAP_OUTPUT;
	action->encap = encap;
	rule->may_miss = true;
	return 0;
}

static int sn_ct_parse(struct sn_action *action, const struct flow_action_entry *entry,
		       struct sn_rule *rule, struct netlink_ext_ack *extack)
{
	struct sn_ct *ct;

	if (entry->ct.action & TCA_CT_ACT_CLEAR) {
		action->id = SN_CT_CLEAR;
		return 0;
	}
	ct = sn_ct_get(rule->block->nic, entry, extack);
	if (IS_ERR(ct))
		return PTR_ERR(ct);
	action->id = SN_CT;
	action->ct = ct;
	rule->may_miss = true;
	return 0;
}

static int sn_action_unsupported(enum flow_action_id id, struct netlink_ext_ack *extack)
{
	switch (id) {
	case FLOW_ACTION_ACCEPT:
	case FLOW_ACTION_TRAP:
		NL_SET_ERR_MSG_MOD(extack, "a rule cannot hand packets to the host (ok, trap)");
		break;
	case FLOW_ACTION_REDIRECT_INGRESS:
	case FLOW_ACTION_MIRRED_INGRESS:
		NL_SET_ERR_MSG_MOD(extack, "cannot send to the ingress of a device");
		break;
	case FLOW_ACTION_ADD:
		NL_SET_ERR_MSG_MOD(extack, "cannot add to a field of a header (pedit add)");
		break;
	case FLOW_ACTION_MARK:
	case FLOW_ACTION_PTYPE:
	case FLOW_ACTION_PRIORITY:
		NL_SET_ERR_MSG_MOD(extack, "packets carry no mark, type or priority (skbedit)");
		break;
	case FLOW_ACTION_SAMPLE:
		NL_SET_ERR_MSG_MOD(extack, "cannot sample");
		break;
	case FLOW_ACTION_MPLS_PUSH:
	case FLOW_ACTION_MPLS_POP:
	case FLOW_ACTION_MPLS_MANGLE:
		NL_SET_ERR_MSG_MOD(extack, "no MPLS");
		break;
	default:
		NL_SET_ERR_MSG_MOD(extack, "an action of this filter is not supported");
		break;
	}
	return -EOPNOTSUPP;
}

/* One entry; nothing is added for those that have no effect. */
static int sn_action_parse(struct sn_rule *rule, const struct flow_action_entry *entry,
			   const struct ip_tunnel_info **tunnel,
			   struct netlink_ext_ack *extack)
{
	const u32 sums = TCA_CSUM_UPDATE_FLAG_IPV4HDR | TCA_CSUM_UPDATE_FLAG_ICMP |
			 TCA_CSUM_UPDATE_FLAG_TCP | TCA_CSUM_UPDATE_FLAG_UDP;
	struct sn_action *action = &rule->actions[rule->n_actions];
	int err = 0;

	switch (entry->id) {
	case FLOW_ACTION_DROP:
		action->id = SN_DROP;
		action->last = true;
		rule->drops = true;
		break;
	case FLOW_ACTION_GOTO:
		action->id = SN_GOTO;
		action->last = true;
		action->chain = entry->chain_index;
		rule->may_miss = true;
		break;
	case FLOW_ACTION_REDIRECT:
	case FLOW_ACTION_MIRRED:
		err = sn_output_parse(action, entry, *tunnel, rule, extack);
		break;
	case FLOW_ACTION_VLAN_PUSH:
		action->id = SN_VLAN_PUSH;
		err = sn_vlan_parse(action, entry, rule, extack);
		break;
	case FLOW_ACTION_VLAN_POP:
		action->id = SN_VLAN_POP;
		break;
	case FLOW_ACTION_VLAN_MANGLE:
		action->id = SN_VLAN_MANGLE;
		err = sn_vlan_parse(action, entry, rule, extack);
		break;
	case FLOW_ACTION_MANGLE:
		action->id = SN_MANGLE;
		err = sn_mangle_parse(&action->mangle, entry, &rule->key, &rule->mask, extack);
		break;
	case FLOW_ACTION_CSUM:
		/* Checksums follow whatever is changed. */
		if (!(entry->csum_flags & ~sums))
			return 0;
		NL_SET_ERR_MSG_MOD(extack, "checksums are those of IPv4, ICMP, TCP and UDP");
		return -EOPNOTSUPP;
	case FLOW_ACTION_TUNNEL_ENCAP:
		*tunnel = entry->tunnel;
		return 0;
	case FLOW_ACTION_TUNNEL_DECAP:
		/* Packets reach the rules of a tunnel device without it. */
		if (rule->block->tunnel)
			return 0;
		NL_SET_ERR_MSG_MOD(extack, "only packets of a tunnel device can be decapsulated");
		return -EOPNOTSUPP;
	case FLOW_ACTION_POLICE:
		action->id = SN_POLICE;
		err = sn_police_parse(&action->police, entry, extack);
		break;
	case FLOW_ACTION_CT:
		err = sn_ct_parse(action, entry, rule, extack);
		break;
	default:
		return sn_action_unsupported(entry->id, extack);
	}
	if (!err)
		rule->n_actions++;
	return err;
}

int sn_actions_parse(struct sn_rule *rule, const struct flow_rule *flow,
		     struct netlink_ext_ack *extack)
{
	const struct ip_tunnel_info *tunnel = NULL;
	const struct flow_action_entry *entry;
	unsigned int i, outputs = 0;
	int err;

	if (!flow_action_hw_stats_check(&flow->action, extack,
					FLOW_ACTION_HW_STATS_IMMEDIATE_BIT))
		return -EOPNOTSUPP;
	flow_action_for_each(i, entry, &flow->action) {
		if (rule->n_actions && rule->actions[rule->n_actions - 1].last) {
			NL_SET_ERR_MSG_MOD(extack, "there are actions behind the last one");
			return -EOPNOTSUPP;
		}
		err = sn_action_parse(rule, entry, &tunnel, extack);
		if (err)
			return err;
		outputs += entry->id == FLOW_ACTION_REDIRECT || entry->id == FLOW_ACTION_MIRRED;
	}
	if (!rule->n_actions || !rule->actions[rule->n_actions - 1].last) {
		NL_SET_ERR_MSG_MOD(extack, "a rule has to end in redirect, drop or goto chain");
		return -EOPNOTSUPP;
	}
	if (outputs > SN_MAX_OUTPUTS) {
		NL_SET_ERR_MSG_MOD(extack, "too many devices to send to");
		return -EOPNOTSUPP;
	}
	return 0;
}

void sn_actions_put(struct sn_rule *rule)
{
	struct sn_action *action;

	for (action = rule->actions; action < rule->actions + rule->n_actions; action++) {
		if (action->id == SN_ENCAP_OUTPUT)
			sn_encap_put(action->encap);
		else if (action->id == SN_CT)
			sn_ct_put(rule->block->nic, action->ct);
	}
}
