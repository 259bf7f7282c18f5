// SPDX-License-Identifier: GPL-2.0
/*
 * Connections.
 *
 * The kernel tracks them. What it found to be established, it offers to whom has
 * put a callback into the flow table of a zone (act_ct): an entry for each
 * direction, with what a packet of it is to be seen as (state, mark, labels) and how
 * its addresses are translated. Packets are looked up in those entries only. One
 * that has none, or that may change the state of its connection, has to go the
 * whole way through the stack.
 *
 * A zone is the flow table, not its number: namespaces have zones of their own.
 */
#include "smartnic.h"

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/tc_act/tc_ct.h>

#if IS_ENABLED(CONFIG_NET_ACT_CT) && IS_ENABLED(CONFIG_NF_FLOW_TABLE)

/* What that of flow tables does not include by itself on el8. */
#include <linux/netfilter.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_flow_table.h>
#include <net/tcp.h>

#define SN_CONN_BITS		10
#define SN_MAX_CONNS		65536
#define SN_MAX_MANGLES		10	/* two IPv6 addresses and two ports */
/* TCA_FLOWER_KEY_CT_FLAGS_REPLY, which is younger than the bit's place. */
#define SN_CT_STATE_REPLY	BIT(5)

/* The zones that rules name: the flow table lives as long as a rule does. */
struct sn_zone {
	struct list_head list;		/* in sn_conntrack.zones */
	struct sn_nic *nic;
	struct nf_flowtable *table;
	u16 number;
	unsigned int rules;		/* sn_conntrack.lock */
	struct list_head conns;		/* sn_conntrack.conns_lock */
	struct rcu_head rcu;
};

struct sn_ct {
	struct sn_zone *zone;
	int action;			/* TCA_CT_ACT_* */
	struct rcu_head rcu;
};

/* Without holes, or with zeros in them: it is hashed and compared as it is. */
struct sn_tuple {
	union {
		struct flow_dissector_key_ipv4_addrs ip4;
		struct flow_dissector_key_ipv6_addrs ip6;
	};
	__be16 sport;
	__be16 dport;
	__be16 protocol;
	u8 ip_proto;
	u8 zero;
};

/* One direction of a connection. */
struct sn_conn {
	struct hlist_node hash;		/* by zone and tuple */
	struct hlist_node by_cookie;
	struct list_head in_zone;
	struct sn_zone *zone;
	unsigned long cookie;
	struct sn_tuple tuple;
	struct flow_dissector_key_ct seen;	/* what a packet of it is seen as */
	struct sn_counter counter;
	u64 told_packets;			/* sn_conntrack.conns_lock */
	u64 told_bytes;
	struct rcu_head rcu;
	unsigned int n_mangles;
	struct sn_mangle mangles[SN_MAX_MANGLES];
};

struct sn_conntrack {
	struct mutex lock;		/* zones; taken with locks of flow tables inside */
	struct list_head zones;
	spinlock_t conns_lock;		/* changes of conns */
	struct hlist_head conns[1 << SN_CONN_BITS];	/* RCU */
	struct hlist_head cookies[1 << SN_CONN_BITS];	/* conns_lock */
	unsigned int n_conns;
	u32 seed;
};

int sn_conntrack_create(struct sn_nic *nic)
{
	struct sn_conntrack *conntrack = kvzalloc(sizeof(*conntrack), GFP_KERNEL);

	if (!conntrack)
		return -ENOMEM;
	mutex_init(&conntrack->lock);
	INIT_LIST_HEAD(&conntrack->zones);
	spin_lock_init(&conntrack->conns_lock);
	conntrack->seed = get_random_u32();
	nic->conntrack = conntrack;
	return 0;
}

void sn_conntrack_destroy(struct sn_nic *nic)
{
	struct sn_conntrack *conntrack = nic->conntrack;

	if (conntrack)
		WARN_ON(!list_empty(&conntrack->zones));
	kvfree(conntrack);
	nic->conntrack = NULL;
}

static struct hlist_head *sn_conn_bucket(struct sn_conntrack *conntrack,
					 const struct sn_zone *zone, const struct sn_tuple *tuple)
{
	u32 hash = jhash2((const u32 *)tuple, sizeof(*tuple) / sizeof(u32),
			  conntrack->seed ^ (u32)(unsigned long)zone);

	return &conntrack->conns[hash >> (32 - SN_CONN_BITS)];
}

/*
 * What the flow table tells
 */

static int sn_tuple_parse(struct sn_tuple *tuple, const struct sn_key *key)
{
	memset(tuple, 0, sizeof(*tuple));
	tuple->protocol = key->basic.n_proto;
	tuple->ip_proto = key->basic.ip_proto;
	switch (key->basic.n_proto) {
	case htons(ETH_P_IP):
		tuple->ip4.src = key->ipv4.src;
		tuple->ip4.dst = key->ipv4.dst;
		break;
	case htons(ETH_P_IPV6):
		tuple->ip6.src = key->ipv6.src;
		tuple->ip6.dst = key->ipv6.dst;
		break;
	default:
		return -EOPNOTSUPP;
	}
	switch (key->basic.ip_proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		tuple->sport = key->ports.src;
		tuple->dport = key->ports.dst;
		return 0;
	case IPPROTO_GRE:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* Of an entry of the flow table, which matches one tuple and nothing more. */
static int sn_conn_parse_match(struct sn_conn *conn, const struct flow_rule *flow)
{
	struct flow_match_ipv4_addrs ip4;
	struct flow_match_ipv6_addrs ip6;
	struct flow_match_control control;
	struct flow_match_basic basic;
	struct flow_match_ports ports;
	struct sn_key key;

	if (!flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_BASIC) ||
	    !flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_CONTROL))
		return -EOPNOTSUPP;
	memset(&key, 0, sizeof(key));
	flow_rule_match_basic(flow, &basic);
	flow_rule_match_control(flow, &control);
	key.basic = *basic.key;
	if (control.key->addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS) {
		flow_rule_match_ipv4_addrs(flow, &ip4);
		key.ipv4 = *ip4.key;
	} else if (control.key->addr_type == FLOW_DISSECTOR_KEY_IPV6_ADDRS) {
		flow_rule_match_ipv6_addrs(flow, &ip6);
		key.ipv6 = *ip6.key;
	}
	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_PORTS)) {
		flow_rule_match_ports(flow, &ports);
		key.ports = *ports.key;
	}
	return sn_tuple_parse(&conn->tuple, &key);
}

/*
 * Unlike those of filters, the values here are numbers of the host, and a port has an
 * offset of its own.
 */
static int sn_conn_parse_mangle(struct sn_conn *conn, const struct flow_action_entry *entry)
{
	struct sn_mangle *mangle = &conn->mangles[conn->n_mangles];
	u32 value = entry->mangle.val;

	if (conn->n_mangles == SN_MAX_MANGLES)
		return -EOPNOTSUPP;
	mangle->header = entry->mangle.htype;
	mangle->offset = ALIGN_DOWN(entry->mangle.offset, sizeof(u32));
	switch (mangle->header) {
	case FLOW_ACT_MANGLE_HDR_TYPE_IP4:
	case FLOW_ACT_MANGLE_HDR_TYPE_IP6:
		mangle->mask = 0;
		mangle->value = (__force u32)htonl(value);
		break;
	case FLOW_ACT_MANGLE_HDR_TYPE_TCP:
	case FLOW_ACT_MANGLE_HDR_TYPE_UDP:
		if (entry->mangle.offset) {
			mangle->mask = (__force u32)htonl(0xffff0000);
			mangle->value = (__force u32)htonl(value & 0xffff);
		} else {
			mangle->mask = (__force u32)htonl(0x0000ffff);
			mangle->value = (__force u32)htonl(value << 16);
		}
		break;
	default:
		return -EOPNOTSUPP;
	}
	conn->n_mangles++;
	return 0;
}

static int sn_conn_parse_metadata(struct sn_conn *conn, const struct flow_action_entry *entry)
{
	conn->seen.ct_zone = conn->zone->number;
	conn->seen.ct_mark = entry->ct_metadata.mark;
	memcpy(conn->seen.ct_labels, entry->ct_metadata.labels, sizeof(conn->seen.ct_labels));
	conn->seen.ct_state = TCA_FLOWER_KEY_CT_FLAGS_TRACKED;
	switch (entry->ct_metadata.cookie & NFCT_INFOMASK) {
	case IP_CT_ESTABLISHED:
		conn->seen.ct_state |= TCA_FLOWER_KEY_CT_FLAGS_ESTABLISHED;
		return 0;
	case IP_CT_ESTABLISHED_REPLY:
		conn->seen.ct_state |= TCA_FLOWER_KEY_CT_FLAGS_ESTABLISHED | SN_CT_STATE_REPLY;
		return 0;
	case IP_CT_NEW:
		conn->seen.ct_state |= TCA_FLOWER_KEY_CT_FLAGS_NEW;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int sn_conn_parse(struct sn_conn *conn, const struct flow_rule *flow)
{
	const struct flow_action_entry *entry;
	bool seen = false;
	int i, err;

	err = sn_conn_parse_match(conn, flow);
	if (err)
		return err;
	flow_action_for_each(i, entry, &flow->action) {
		switch (entry->id) {
		case FLOW_ACTION_MANGLE:
			err = sn_conn_parse_mangle(conn, entry);
			break;
		case FLOW_ACTION_CT_METADATA:
			err = sn_conn_parse_metadata(conn, entry);
			seen = true;
			break;
		default:
			err = -EOPNOTSUPP;
		}
		if (err)
			return err;
	}
	return seen ? 0 : -EOPNOTSUPP;
}

static struct hlist_head *sn_cookie_bucket(struct sn_conntrack *conntrack, unsigned long cookie)
{
	return &conntrack->cookies[hash_long(cookie, SN_CONN_BITS)];
}

static struct sn_conn *sn_conn_find(struct sn_conntrack *conntrack, struct sn_zone *zone,
				    unsigned long cookie)
{
	struct sn_conn *conn;

	lockdep_assert_held(&conntrack->conns_lock);
	hlist_for_each_entry(conn, sn_cookie_bucket(conntrack, cookie), by_cookie)
		if (conn->cookie == cookie && conn->zone == zone)
			return conn;
	return NULL;
}

static void sn_conn_remove(struct sn_conntrack *conntrack, struct sn_conn *conn)
{
	lockdep_assert_held(&conntrack->conns_lock);
	hlist_del_rcu(&conn->hash);
	hlist_del(&conn->by_cookie);
	list_del(&conn->in_zone);
	conntrack->n_conns--;
	kfree_rcu(conn, rcu);
}

/* What was counted stays counted. */
static void sn_conn_inherit(struct sn_conn *conn, const struct sn_conn *old)
{
	atomic64_set(&conn->counter.packets, atomic64_read(&old->counter.packets));
	atomic64_set(&conn->counter.bytes, atomic64_read(&old->counter.bytes));
	conn->counter.used = READ_ONCE(old->counter.used);
	conn->told_packets = old->told_packets;
	conn->told_bytes = old->told_bytes;
}

/* A connection that is told again has changed: it has become established. */
static int sn_conn_replace(struct sn_zone *zone, struct flow_cls_offload *cls)
{
	struct sn_conntrack *conntrack = zone->nic->conntrack;
	struct sn_conn *conn, *old;
	int err;

	conn = kzalloc(sizeof(*conn), GFP_KERNEL);
	if (!conn)
		return -ENOMEM;
	conn->zone = zone;
	conn->cookie = cls->cookie;
	sn_counter_init(&conn->counter);
	err = sn_conn_parse(conn, flow_cls_offload_flow_rule(cls));

	spin_lock_bh(&conntrack->conns_lock);
	if (!err && conntrack->n_conns >= SN_MAX_CONNS)
		err = -ENOSPC;
	if (!err) {
		old = sn_conn_find(conntrack, zone, cls->cookie);
		if (old) {
			sn_conn_inherit(conn, old);
			sn_conn_remove(conntrack, old);
		}
		/* At the head: before one of the same addresses that is about to go. */
		hlist_add_head_rcu(&conn->hash, sn_conn_bucket(conntrack, zone, &conn->tuple));
		hlist_add_head(&conn->by_cookie, sn_cookie_bucket(conntrack, cls->cookie));
		list_add(&conn->in_zone, &zone->conns);
		conntrack->n_conns++;
	}
	spin_unlock_bh(&conntrack->conns_lock);

	if (err)
		kfree(conn);
	return err;
}

static int sn_conn_destroy(struct sn_zone *zone, struct flow_cls_offload *cls)
{
	struct sn_conntrack *conntrack = zone->nic->conntrack;
	struct sn_conn *conn;

	spin_lock_bh(&conntrack->conns_lock);
	conn = sn_conn_find(conntrack, zone, cls->cookie);
	if (conn)
		sn_conn_remove(conntrack, conn);
	spin_unlock_bh(&conntrack->conns_lock);
	return conn ? 0 : -ENOENT;
}

/* Without this the kernel takes a connection for idle, and forgets it. */
static int sn_conn_stats(struct sn_zone *zone, struct flow_cls_offload *cls)
{
	struct sn_conntrack *conntrack = zone->nic->conntrack;
	struct sn_conn *conn;
	u64 packets, bytes;

	spin_lock_bh(&conntrack->conns_lock);
	conn = sn_conn_find(conntrack, zone, cls->cookie);
	if (conn) {
		packets = atomic64_read(&conn->counter.packets) - conn->told_packets;
		bytes = atomic64_read(&conn->counter.bytes) - conn->told_bytes;
		conn->told_packets += packets;
		conn->told_bytes += bytes;
		sn_stats_update(&cls->stats, bytes, packets, 0, READ_ONCE(conn->counter.used));
	}
	spin_unlock_bh(&conntrack->conns_lock);
	return conn ? 0 : -ENOENT;
}

/* From workers of the flow table, which hold its lock for reading. */
static int sn_zone_cb(enum tc_setup_type type, void *type_data, void *priv)
{
	struct flow_cls_offload *cls = type_data;

	if (type != TC_SETUP_CLSFLOWER)
		return -EOPNOTSUPP;
	switch (cls->command) {
	case FLOW_CLS_REPLACE:
		return sn_conn_replace(priv, cls);
	case FLOW_CLS_DESTROY:
		return sn_conn_destroy(priv, cls);
	case FLOW_CLS_STATS:
		return sn_conn_stats(priv, cls);
	default:
		return -EOPNOTSUPP;
	}
}

/*
 * What rules hold
 */

static struct sn_zone *sn_zone_get(struct sn_nic *nic, struct nf_flowtable *table, u16 number)
{
	struct sn_conntrack *conntrack = nic->conntrack;
	struct sn_zone *zone;
	int err;

	mutex_lock(&conntrack->lock);
	list_for_each_entry(zone, &conntrack->zones, list) {
		if (zone->table != table)
			continue;
		zone->rules++;
		goto unlock;
	}

	zone = kzalloc(sizeof(*zone), GFP_KERNEL);
	if (!zone) {
		zone = ERR_PTR(-ENOMEM);
		goto unlock;
	}
	zone->nic = nic;
	zone->table = table;
	zone->number = number;
	zone->rules = 1;
	INIT_LIST_HEAD(&zone->conns);
	err = nf_flow_table_offload_add_cb(table, sn_zone_cb, zone);
	if (err) {
		kfree(zone);
		zone = ERR_PTR(err);
		goto unlock;
	}
	list_add_tail(&zone->list, &conntrack->zones);
unlock:
	mutex_unlock(&conntrack->lock);
	return zone;
}

static void sn_zone_put(struct sn_zone *zone)
{
	struct sn_conntrack *conntrack = zone->nic->conntrack;
	struct sn_conn *conn, *next;

	mutex_lock(&conntrack->lock);
	if (--zone->rules) {
		mutex_unlock(&conntrack->lock);
		return;
	}
	list_del(&zone->list);
	/* Waits for callbacks that run; none come after it. */
	nf_flow_table_offload_del_cb(zone->table, sn_zone_cb, zone);
	mutex_unlock(&conntrack->lock);

	spin_lock_bh(&conntrack->conns_lock);
	list_for_each_entry_safe(conn, next, &zone->conns, in_zone)
		sn_conn_remove(conntrack, conn);
	spin_unlock_bh(&conntrack->conns_lock);
	kfree_rcu(zone, rcu);
}

struct sn_ct *sn_ct_get(struct sn_nic *nic, const struct flow_action_entry *entry,
			struct netlink_ext_ack *extack)
{
	struct sn_zone *zone;
	struct sn_ct *ct;

	if (entry->ct.action & TCA_CT_ACT_FORCE) {
		NL_SET_ERR_MSG_MOD(extack, "ct force is not supported: it begins connections anew");
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (!entry->ct.flow_table) {
		NL_SET_ERR_MSG_MOD(extack, "this ct action has no flow table");
		return ERR_PTR(-EOPNOTSUPP);
	}
	ct = kzalloc(sizeof(*ct), GFP_KERNEL);
	if (!ct)
		return ERR_PTR(-ENOMEM);
	zone = sn_zone_get(nic, entry->ct.flow_table, entry->ct.zone);
	if (IS_ERR(zone)) {
		kfree(ct);
		return ERR_CAST(zone);
	}
	ct->zone = zone;
	ct->action = entry->ct.action;
	return ct;
}

void sn_ct_put(struct sn_nic *nic, struct sn_ct *ct)
{
	sn_zone_put(ct->zone);
	kfree_rcu(ct, rcu);
}

void sn_ct_show(struct seq_file *file, const struct sn_ct *ct)
{
	seq_printf(file, "ct(zone=%u%s%s)", ct->zone->number,
		   ct->action & TCA_CT_ACT_COMMIT ? ",commit" : "",
		   ct->action & TCA_CT_ACT_NAT ? ",nat" : "");
}

/*
 * Packets
 */

/* Whether a packet leaves the state of its connection as it is. */
static bool sn_ct_quiet(const struct sn_key *key)
{
	if (key->control.flags & FLOW_DIS_IS_FRAGMENT)
		return false;
	return key->basic.ip_proto != IPPROTO_TCP ||
	       !(key->tcp.flags & htons(TCPHDR_FIN | TCPHDR_RST));
}

static struct sn_conn *sn_conn_lookup(struct sn_zone *zone, const struct sn_key *key)
{
	const struct hlist_head *bucket;
	struct sn_tuple tuple;
	struct sn_conn *conn;

	if (!sn_ct_quiet(key) || sn_tuple_parse(&tuple, key))
		return NULL;
	bucket = sn_conn_bucket(zone->nic->conntrack, zone, &tuple);
	hlist_for_each_entry_rcu(conn, bucket, hash)
		if (conn->zone == zone && !memcmp(&conn->tuple, &tuple, sizeof(tuple)))
			return conn;
	return NULL;
}

bool sn_ct_apply(struct sn_walk *walk, struct sn_ct *ct)
{
	struct sn_conn *conn = walk->conn;
	unsigned int i;

	/* A packet stays what it is in its zone, also when it has been translated since. */
	if (!conn || conn->zone != ct->zone)
		conn = sn_conn_lookup(ct->zone, &walk->key);
	if (!conn)
		return false;
	/*
	 * A commit may set marks and labels, and the NIC is not told which: the stack has
	 * to. Those that translate come with every packet of an established connection
	 * (OVN's routers); there the first packet, which the stack saw, has set them.
	 */
	if (ct->action & TCA_CT_ACT_COMMIT &&
	    (!(ct->action & TCA_CT_ACT_NAT) ||
	     conn->seen.ct_state & TCA_FLOWER_KEY_CT_FLAGS_NEW))
		return false;

	if (ct->action & TCA_CT_ACT_NAT) {
		for (i = 0; i < conn->n_mangles; i++) {
			if (!sn_mangle(walk, &conn->mangles[i]))
				return false;
		}
	}
	walk->key.ct = conn->seen;
	if (walk->conn == conn)
		return true;
	walk->conn = conn;
	return sn_walk_hit(walk, &conn->counter);
}

/*
 * debugfs
 */

unsigned int sn_ct_entries(struct sn_nic *nic)
{
	struct sn_conntrack *conntrack = nic->conntrack;

	return READ_ONCE(conntrack->n_conns);
}

static void sn_conn_show(struct seq_file *file, const struct sn_conn *conn)
{
	const struct sn_tuple *tuple = &conn->tuple;
	const u16 state = conn->seen.ct_state;

	seq_printf(file, "ct zone=%u proto=%u ", conn->zone->number, tuple->ip_proto);
	if (tuple->protocol == htons(ETH_P_IP))
		seq_printf(file, "src=%pI4 dst=%pI4", &tuple->ip4.src, &tuple->ip4.dst);
	else
		seq_printf(file, "src=%pI6c dst=%pI6c", &tuple->ip6.src, &tuple->ip6.dst);
	seq_printf(file, " sport=%u dport=%u state=%s%s mark=%#x labels=%*phN nat=%s",
		   ntohs(tuple->sport), ntohs(tuple->dport),
		   state & TCA_FLOWER_KEY_CT_FLAGS_NEW ? "new" : "est",
		   state & SN_CT_STATE_REPLY ? ",rpl" : "", conn->seen.ct_mark,
		   (int)sizeof(conn->seen.ct_labels), conn->seen.ct_labels,
		   conn->n_mangles ? "yes" : "no");
	seq_printf(file, " packets=%lld bytes=%lld idle_ms=%u\n",
		   (long long)atomic64_read(&conn->counter.packets),
		   (long long)atomic64_read(&conn->counter.bytes),
		   jiffies_to_msecs(jiffies - READ_ONCE(conn->counter.used)));
}

void sn_ct_table_show(struct seq_file *file, struct sn_nic *nic)
{
	struct sn_conntrack *conntrack = nic->conntrack;
	struct sn_conn *conn;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(conntrack->conns); i++)
		hlist_for_each_entry_rcu(conn, &conntrack->conns[i], hash)
			sn_conn_show(file, conn);
	rcu_read_unlock();
}

#else /* CONFIG_NET_ACT_CT */

int sn_conntrack_create(struct sn_nic *nic)
{
	return 0;
}

void sn_conntrack_destroy(struct sn_nic *nic)
{
}

struct sn_ct *sn_ct_get(struct sn_nic *nic, const struct flow_action_entry *entry,
			struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_MOD(extack, "this kernel has no connection tracking for filters (act_ct)");
	return ERR_PTR(-EOPNOTSUPP);
}

void sn_ct_put(struct sn_nic *nic, struct sn_ct *ct)
{
}

void sn_ct_show(struct seq_file *file, const struct sn_ct *ct)
{
}

bool sn_ct_apply(struct sn_walk *walk, struct sn_ct *ct)
{
	return false;
}

unsigned int sn_ct_entries(struct sn_nic *nic)
{
	return 0;
}

void sn_ct_table_show(struct seq_file *file, struct sn_nic *nic)
{
}

#endif /* CONFIG_NET_ACT_CT */
