// SPDX-License-Identifier: GPL-2.0
/*
 * Rules and the packets that meet them.
 */
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "smartnic.h"

/*
 * Rules
 */

void sn_block_init(struct sn_block *block, struct sn_nic *nic, struct net_device *dev,
		   bool tunnel)
{
	block->nic = nic;
	block->dev = dev;
	block->tunnel = tunnel;
	INIT_LIST_HEAD(&block->rules);
}

static struct sn_rule *sn_rule_find(struct sn_block *block, unsigned long cookie)
{
	struct sn_rule *rule;

	lockdep_assert_held(&block->nic->lock);
	list_for_each_entry(rule, &block->rules, list)
		if (rule->cookie == cookie)
			return rule;
	return NULL;
}

int sn_rule_insert(struct sn_rule *rule, struct netlink_ext_ack *extack)
{
	struct sn_block *block = rule->block;
	struct sn_nic *nic = block->nic;
	struct sn_rule *next;
	int err = 0;

	mutex_lock(&nic->lock);
	if (sn_rule_find(block, rule->cookie)) {
		NL_SET_ERR_MSG_MOD(extack, "the table holds this rule already");
		err = -EEXIST;
		goto unlock;
	}
	if (nic->n_rules >= nic->limit) {
		NL_SET_ERR_MSG_MOD(extack, "the table is full");
		err = -ENOSPC;
		goto unlock;
	}
	/* Before the first that comes later; among equals the order of arrival. */
	list_for_each_entry(next, &block->rules, list)
		if (next->chain > rule->chain ||
		    (next->chain == rule->chain && next->prio > rule->prio))
			break;
	list_add_tail_rcu(&rule->list, &next->list);
	list_add_tail(&rule->in_nic, &nic->rules);
	nic->n_rules++;
unlock:
	mutex_unlock(&nic->lock);
	return err;
}

static void sn_rule_unlink(struct sn_rule *rule)
{
	struct sn_nic *nic = rule->block->nic;

	lockdep_assert_held(&nic->lock);
	list_del_rcu(&rule->list);
	list_del(&rule->in_nic);
	nic->n_rules--;
}

struct sn_rule *sn_rule_remove(struct sn_block *block, unsigned long cookie)
{
	struct sn_rule *rule;

	mutex_lock(&block->nic->lock);
	rule = sn_rule_find(block, cookie);
	if (rule)
		sn_rule_unlink(rule);
	mutex_unlock(&block->nic->lock);
	return rule;
}

void sn_rule_free(struct sn_rule *rule)
{
	sn_actions_put(rule);
	kfree_rcu(rule, rcu);
}

void sn_block_flush(struct sn_block *block)
{
	struct sn_rule *rule;

	for (;;) {
		mutex_lock(&block->nic->lock);
		rule = list_first_entry_or_null(&block->rules, struct sn_rule, list);
		if (rule)
			sn_rule_unlink(rule);
		mutex_unlock(&block->nic->lock);
		if (!rule)
			break;
		sn_rule_free(rule);
	}
}

/*
 * Packets
 */

void sn_skb_length(const struct sk_buff *skb, u64 *packets, u64 *bytes)
{
	const struct skb_shared_info *shared = skb_shinfo(skb);
	unsigned int headers, segments;
	struct tcphdr *tcp, _tcp;

	*packets = 1;
	*bytes = ETH_HLEN + skb->len + (skb_vlan_tag_present(skb) ? VLAN_HLEN : 0);
	if (!skb_is_gso(skb) || !skb_transport_header_was_set(skb))
		return;
	headers = skb->encapsulation ? skb_inner_transport_offset(skb) :
				       skb_transport_offset(skb);
	if (shared->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) {
		tcp = skb_header_pointer(skb, headers, sizeof(_tcp), &_tcp);
		if (!tcp)
			return;
		headers += __tcp_hdrlen(tcp);
	} else {
		headers += sizeof(struct udphdr);
	}
	if (headers >= skb->len)
		return;
	segments = DIV_ROUND_UP(skb->len - headers, shared->gso_size);
	*packets = segments;
	*bytes += (u64)(segments - 1) * (*bytes - (skb->len - headers));
}

/* Whether a packet is what a rule matches. */
static bool sn_rule_matches(const struct sn_rule *rule, const struct sn_key *packet)
{
	const unsigned long *have = (const unsigned long *)packet;
	const unsigned long *want = (const unsigned long *)&rule->key;
	const unsigned long *mask = (const unsigned long *)&rule->mask;
	unsigned int i;

	for (i = rule->first; i < rule->end; i++)
		if ((have[i] & mask[i]) != want[i])
			return false;
	return true;
}

static struct sn_rule *sn_rule_lookup(struct sn_walk *walk, struct sn_block *block)
{
	const struct sk_buff *skb = walk->skb;
	const __be16 protocol = skb_vlan_tag_present(skb) ? skb->vlan_proto : skb->protocol;
	struct sn_rule *rule;

	if (walk->dissect)
		sn_key_dissect(walk);
	list_for_each_entry_rcu(rule, &block->rules, list) {
		if (rule->chain > walk->chain)
			break;
		if (rule->chain == walk->chain &&
		    (rule->protocol == htons(ETH_P_ALL) || rule->protocol == protocol) &&
		    sn_rule_matches(rule, &walk->key))
			return rule;
	}
	return NULL;
}

bool sn_walk_hit(struct sn_walk *walk, struct sn_counter *counter)
{
	if (walk->n_hits == SN_MAX_HITS)
		return false;
	walk->hits[walk->n_hits++] = counter;
	return true;
}

/* The walk came to nothing: all that was made on the way goes. */
static void sn_walk_abort(struct sn_walk *walk)
{
	unsigned int i;

	for (i = 0; i < walk->n_outputs; i++)
		kfree_skb(walk->outputs[i].skb);
	if (walk->skb != walk->original)
		kfree_skb(walk->skb);
}

/* The walk came to its end: now it counts, and now packets leave. */
static void sn_walk_commit(struct sn_run *run, struct sn_walk *walk, u64 packets, u64 bytes)
{
	const u8 hops = SN_CB(walk->original)->hops;
	bool left = false;
	unsigned int i;

	for (i = 0; i < walk->n_hits; i++) {
		atomic64_add(packets, &walk->hits[i]->packets);
		atomic64_add(bytes, &walk->hits[i]->bytes);
		WRITE_ONCE(walk->hits[i]->used, jiffies);
	}
	sn_count(walk->nic, SN_HW_PACKETS, packets);
	sn_count(walk->nic, SN_HW_BYTES, bytes);
	sn_count(walk->nic, SN_ENCAPSULATED, walk->n_encaps);

	if (walk->skb && walk->skb != walk->original)
		consume_skb(walk->skb);
	for (i = 0; i < walk->n_outputs; i++)
		if (walk->outputs[i].skb == walk->original)
			left = true;
	if (!left)
		consume_skb(walk->original);
	for (i = 0; i < walk->n_outputs; i++)
		sn_port_output(run, walk->outputs[i].port, walk->outputs[i].skb, hops);
}

bool sn_carry(struct sn_run *run, struct sn_block *block, struct sk_buff *skb,
	      const struct sn_key *enc)
{
	const size_t kept = offsetof(struct sn_key, ct);
	enum sn_verdict verdict = SN_CHAIN;
	struct sn_rule *rule;
	struct sn_walk walk;
	u64 packets, bytes;

	if (list_empty(&block->rules))
		return false;
	walk.nic = block->nic;
	walk.skb = skb;
	walk.original = skb;
	walk.chain = 0;
	walk.dissect = true;
	walk.n_hits = 0;
	walk.n_outputs = 0;
	walk.n_encaps = 0;
	walk.conn = NULL;
	if (enc)
		memcpy((char *)&walk.key + kept, (const char *)enc + kept,
		       sizeof(walk.key) - kept);
	else
		memset((char *)&walk.key + kept, 0, sizeof(walk.key) - kept);
	sn_skb_length(skb, &packets, &bytes);

	while (verdict == SN_CHAIN) {
		rule = sn_rule_lookup(&walk, block);
		if (!rule || !sn_walk_hit(&walk, &rule->counter))
			verdict = SN_MISS;
		else
			verdict = sn_actions_execute(&walk, rule);
	}
	if (verdict == SN_MISS) {
		sn_walk_abort(&walk);
		return false;
	}
	sn_walk_commit(run, &walk, packets, bytes);
	return true;
}

/* One packet: rules of its port, tunnels, slow path. */
static void sn_run_one(struct sn_run *run, struct sk_buff *skb)
{
	struct sn_port *port = SN_CB(skb)->in;
	struct sn_nic *nic = port->nic;
	u64 packets, bytes;

	if (sn_carry(run, &port->block, skb, NULL))
		return;
	if (port->kind == SN_UPLINK && sn_tunnel_receive(run, port, skb))
		return;
	sn_skb_length(skb, &packets, &bytes);
	sn_count(nic, SN_SLOW_PACKETS, packets);
	sn_count(nic, SN_SLOW_BYTES, bytes);
	sn_port_receive(port, skb);
}

static void sn_run_all(struct sn_run *run)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&run->todo)))
		sn_run_one(run, skb);
}

void sn_run_input(struct sn_port *port, struct sk_buff *skb)
{
	struct sn_run run;

	__skb_queue_head_init(&run.todo);
	SN_CB(skb)->in = port;
	SN_CB(skb)->hops = 0;
	__skb_queue_tail(&run.todo, skb);
	rcu_read_lock();
	sn_run_all(&run);
	rcu_read_unlock();
}

void sn_run_output(struct sn_port *port, struct sk_buff *skb)
{
	struct sn_run run;

	__skb_queue_head_init(&run.todo);
	rcu_read_lock();
	sn_port_output(&run, port, skb, 0);
	sn_run_all(&run);
	rcu_read_unlock();
}
