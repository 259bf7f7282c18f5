// SPDX-License-Identifier: GPL-2.0
/*
 * Filters of tc: what they match, and the callback that takes, counts and removes them.
 */
#include <linux/slab.h>

#include "smartnic.h"

static struct flow_dissector sn_dissector __read_mostly;

struct sn_field {
	enum flow_dissector_key_id id;
	u16 offset;
	u16 size;
};

#define SN_FIELD(_id, _member) {					\
	.id = FLOW_DISSECTOR_KEY_##_id,					\
	.offset = offsetof(struct sn_key, _member),			\
	.size = sizeof(((struct sn_key *)NULL)->_member),		\
}

/* What skb_flow_dissect() finds in a packet. */
static const struct sn_field sn_fields[] = {
	SN_FIELD(CONTROL, control),
	SN_FIELD(BASIC, basic),
	SN_FIELD(ETH_ADDRS, eth),
	SN_FIELD(VLAN, vlan),
	SN_FIELD(CVLAN, cvlan),
	SN_FIELD(IPV4_ADDRS, ipv4),
	SN_FIELD(IPV6_ADDRS, ipv6),
	SN_FIELD(ARP, arp),
	SN_FIELD(PORTS, ports),
	SN_FIELD(ICMP, icmp),
	SN_FIELD(IP, ip),
	SN_FIELD(TCP, tcp),
};

/* What comes from elsewhere: connection tracking, the tunnel that the packet came out of. */
static const struct sn_field sn_other_fields[] = {
	SN_FIELD(CT, ct),
	SN_FIELD(ENC_KEYID, enc_keyid),
	SN_FIELD(ENC_CONTROL, enc_control),
	SN_FIELD(ENC_IPV4_ADDRS, enc_ipv4),
	SN_FIELD(ENC_IPV6_ADDRS, enc_ipv6),
	SN_FIELD(ENC_PORTS, enc_ports),
	SN_FIELD(ENC_IP, enc_ip),
	SN_FIELD(ENC_OPTS, enc_opts),
};

void __init sn_flower_init(void)
{
	struct flow_dissector_key keys[ARRAY_SIZE(sn_fields)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sn_fields); i++) {
		keys[i].key_id = sn_fields[i].id;
		keys[i].offset = sn_fields[i].offset;
	}
	skb_flow_dissector_init(&sn_dissector, keys, ARRAY_SIZE(keys));
}

void sn_key_dissect(struct sn_walk *walk)
{
	memset(&walk->key, 0, offsetof(struct sn_key, ct));
	skb_flow_dissect(walk->skb, &sn_dissector, &walk->key, SN_DISSECT_FLAGS);
	walk->dissect = false;
}

/* Addresses share a union: whether a field is there only because that of the other family is. */
static bool sn_field_overlaid(const struct flow_rule *flow, enum flow_dissector_key_id id)
{
	struct flow_match_control control;

	switch (id) {
	case FLOW_DISSECTOR_KEY_IPV4_ADDRS:
	case FLOW_DISSECTOR_KEY_IPV6_ADDRS:
		if (!flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_CONTROL))
			return true;
		flow_rule_match_control(flow, &control);
		return control.key->addr_type != id;
	case FLOW_DISSECTOR_KEY_ENC_IPV4_ADDRS:
		if (!flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_ENC_CONTROL))
			return true;
		flow_rule_match_enc_control(flow, &control);
		return control.key->addr_type != FLOW_DISSECTOR_KEY_IPV4_ADDRS;
	case FLOW_DISSECTOR_KEY_ENC_IPV6_ADDRS:
		if (!flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_ENC_CONTROL))
			return true;
		flow_rule_match_enc_control(flow, &control);
		return control.key->addr_type != FLOW_DISSECTOR_KEY_IPV6_ADDRS;
	default:
		return false;
	}
}

static bool sn_field_copy(const struct flow_rule *flow, const struct sn_field *fields,
			  size_t n, enum flow_dissector_key_id id,
			  struct sn_key *key, struct sn_key *mask)
{
	struct flow_dissector *dissector = flow->match.dissector;
	size_t i;

	for (i = 0; i < n; i++) {
		if (fields[i].id != id)
			continue;
		if (!sn_field_overlaid(flow, id)) {
			memcpy((char *)key + fields[i].offset,
			       skb_flow_dissector_target(dissector, id, flow->match.key),
			       fields[i].size);
			memcpy((char *)mask + fields[i].offset,
			       skb_flow_dissector_target(dissector, id, flow->match.mask),
			       fields[i].size);
		}
		return true;
	}
	return false;
}

static int sn_key_unsupported(enum flow_dissector_key_id id, struct netlink_ext_ack *extack)
{
	switch (id) {
	case FLOW_DISSECTOR_KEY_META:
		NL_SET_ERR_MSG_MOD(extack, "cannot match the ingress device or l2_miss");
		break;
#if !KERNEL_BEFORE(5, 9)
	case FLOW_DISSECTOR_KEY_HASH:
		NL_SET_ERR_MSG_MOD(extack, "cannot match a hash (dp_hash)");
		break;
#endif
	case FLOW_DISSECTOR_KEY_MPLS:
		NL_SET_ERR_MSG_MOD(extack, "cannot match MPLS");
		break;
	case FLOW_DISSECTOR_KEY_PORTS_RANGE:
		NL_SET_ERR_MSG_MOD(extack, "cannot match a range of ports");
		break;
	default:
		NL_SET_ERR_MSG_MOD(extack, "cannot match a key of this filter");
		break;
	}
	return -EOPNOTSUPP;
}

int sn_match_parse(const struct flow_rule *flow, bool tunnel, struct sn_key *key,
		   struct sn_key *mask, struct netlink_ext_ack *extack)
{
	const u32 fragment = FLOW_DIS_IS_FRAGMENT | FLOW_DIS_FIRST_FRAG;
	unsigned long *key_words = (unsigned long *)key;
	unsigned long *mask_words = (unsigned long *)mask;
	enum flow_dissector_key_id id;
	unsigned int i;

	memset(key, 0, sizeof(*key));
	memset(mask, 0, sizeof(*mask));
	for (id = 0; id < FLOW_DISSECTOR_KEY_MAX; id++) {
		if (!flow_rule_match_key(flow, id))
			continue;
		if (sn_field_copy(flow, sn_fields, ARRAY_SIZE(sn_fields), id, key, mask))
			continue;
		if (!sn_field_copy(flow, sn_other_fields, ARRAY_SIZE(sn_other_fields), id,
				   key, mask))
			return sn_key_unsupported(id, extack);
		if (id != FLOW_DISSECTOR_KEY_CT && !tunnel) {
			NL_SET_ERR_MSG_MOD(extack,
					   "cannot match a tunnel on a port that is none");
			return -EOPNOTSUPP;
		}
	}
	if (mask->control.flags & ~fragment) {
		NL_SET_ERR_MSG_MOD(extack, "cannot match these flags of a packet");
		return -EOPNOTSUPP;
	}
	for (i = 0; i < SN_KEY_WORDS; i++)
		key_words[i] &= mask_words[i];
	return 0;
}

/* Where in the mask there is something to compare. */
static void sn_rule_bounds(struct sn_rule *rule)
{
	const unsigned long *mask = (const unsigned long *)&rule->mask;
	unsigned int i;

	for (i = 0; i < SN_KEY_WORDS; i++) {
		if (!mask[i])
			continue;
		if (!rule->end)
			rule->first = i;
		rule->end = i + 1;
	}
}

static int sn_fault_inject(struct sn_nic *nic, struct netlink_ext_ack *extack)
{
	switch (READ_ONCE(nic->fault)) {
	case SN_FAULT_REFUSE:
		NL_SET_ERR_MSG_MOD(extack, "told to refuse rules (debugfs: fault)");
		return -EOPNOTSUPP;
	case SN_FAULT_FAIL:
		NL_SET_ERR_MSG_MOD(extack, "told to fail (debugfs: fault)");
		return -EIO;
	default:
		return 0;
	}
}

/* What a rule is made from before it has a place in the table. */
static int sn_rule_parse(struct sn_rule *rule, struct flow_cls_offload *cls)
{
	struct netlink_ext_ack *extack = cls->common.extack;
	const struct flow_rule *flow = flow_cls_offload_flow_rule(cls);
	struct sn_block *block = rule->block;
	int err;

	err = sn_match_parse(flow, block->tunnel, &rule->key, &rule->mask, extack);
	if (err)
		return err;
	if (block->tunnel) {
		err = sn_tunnel_check(block, &rule->key, &rule->mask, extack);
		if (err)
			return err;
	}
	sn_rule_bounds(rule);
	return sn_actions_parse(rule, flow, extack);
}

static int sn_rule_replace(struct sn_block *block, struct flow_cls_offload *cls)
{
	struct netlink_ext_ack *extack = cls->common.extack;
	const struct flow_rule *flow = flow_cls_offload_flow_rule(cls);
	struct sn_nic *nic = block->nic;
	struct net_device *dev;
	struct sn_rule *rule;
	int err;

	rcu_read_lock();
	dev = block->tunnel ? rcu_dereference(nic->uplink.dev) : block->dev;
	err = dev && tc_can_offload(dev) ? 0 : -EOPNOTSUPP;
	rcu_read_unlock();
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "hw-tc-offload is off (ethtool -K)");
		return err;
	}
	err = sn_fault_inject(nic, extack);
	if (err)
		return err;
	rule = kzalloc(struct_size(rule, actions, flow->action.num_entries), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	rule->block = block;
	rule->cookie = cls->cookie;
	rule->chain = cls->common.chain_index;
	rule->prio = cls->common.prio;
	rule->protocol = cls->common.protocol;
	sn_counter_init(&rule->counter);
	err = sn_rule_parse(rule, cls);
	if (!err)
		err = sn_rule_insert(rule, extack);
	if (err) {
		sn_actions_put(rule);
		kfree(rule);
	}
	return err;
}

static int sn_rule_stats(struct sn_block *block, struct flow_cls_offload *cls)
{
	struct sn_nic *nic = block->nic;
	u64 packets, bytes, drops;
	struct sn_rule *rule;
	int err = -ENOENT;

	mutex_lock(&nic->lock);
	list_for_each_entry(rule, &block->rules, list) {
		if (rule->cookie != cls->cookie)
			continue;
		packets = atomic64_read(&rule->counter.packets) - rule->told_packets;
		bytes = atomic64_read(&rule->counter.bytes) - rule->told_bytes;
		drops = rule->drops ? packets : 0;
		sn_stats_update(&cls->stats, bytes, packets, drops,
				READ_ONCE(rule->counter.used));
		rule->told_packets += packets;
		rule->told_bytes += bytes;
		err = 0;
		break;
	}
	mutex_unlock(&nic->lock);
	return err;
}

int sn_block_cb(enum tc_setup_type type, void *type_data, void *priv)
{
	struct flow_cls_offload *cls = type_data;
	struct sn_block *block = priv;
	struct sn_rule *rule;
	int err;

	if (type != TC_SETUP_CLSFLOWER)
		return -EOPNOTSUPP;
	switch (cls->command) {
	case FLOW_CLS_REPLACE:
		err = sn_rule_replace(block, cls);
		if (err)
			sn_count(block->nic, err == -EOPNOTSUPP ? SN_REFUSED : SN_FAILED, 1);
		return err;
	case FLOW_CLS_DESTROY:
		rule = sn_rule_remove(block, cls->cookie);
		if (!rule)
			return -ENOENT;
		sn_rule_free(rule);
		return 0;
	case FLOW_CLS_STATS:
		return sn_rule_stats(block, cls);
	default:
		return -EOPNOTSUPP;
	}
}
