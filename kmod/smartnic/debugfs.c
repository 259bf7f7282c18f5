// SPDX-License-Identifier: GPL-2.0
/*
 * Files of a NIC in debugfs: its table, its counters, and what makes it misbehave.
 */
#include <linux/debugfs.h>
#include <linux/uaccess.h>
#include <net/ipv6.h>

#include "smartnic.h"

static struct dentry *sn_debugfs;

static const char * const sn_stat_names[SN_STATS] = {
	[SN_HW_PACKETS] = "hw_packets",
	[SN_HW_BYTES] = "hw_bytes",
	[SN_SLOW_PACKETS] = "slow_packets",
	[SN_SLOW_BYTES] = "slow_bytes",
	[SN_DROPPED] = "dropped",
	[SN_LOST] = "lost",
	[SN_TOO_LONG] = "too_long",
	[SN_LOOPED] = "looped",
	[SN_WIRE_TX] = "wire_tx",
	[SN_WIRE_RX] = "wire_rx",
	[SN_ENCAPSULATED] = "encapsulated",
	[SN_DECAPSULATED] = "decapsulated",
	[SN_REFUSED] = "refused",
	[SN_FAILED] = "failed",
};

static const char * const sn_fault_names[] = {
	[SN_FAULT_NONE] = "none",
	[SN_FAULT_REFUSE] = "refuse",
	[SN_FAULT_FAIL] = "fail",
};

/*
 * What a rule matches, as `name=value` or `name=value/mask`, joined by commas
 */

struct sn_list {
	struct seq_file *file;
	bool begun;
};

static void sn_list_next(struct sn_list *list, const char *name)
{
	seq_printf(list->file, "%s%s", list->begun ? "," : "", name);
	list->begun = true;
}

static void sn_show_number(struct sn_list *list, const char *name, u32 value, u32 mask,
			   u32 full, const char *format)
{
	if (!mask)
		return;
	sn_list_next(list, name);
	seq_putc(list->file, '=');
	seq_printf(list->file, format, value);
	if (mask != full)
		seq_printf(list->file, "/0x%x", mask);
}

static void sn_show_mac(struct sn_list *list, const char *name, const u8 *value, const u8 *mask)
{
	if (is_zero_ether_addr(mask))
		return;
	sn_list_next(list, name);
	seq_printf(list->file, "=%pM", value);
	if (!is_broadcast_ether_addr(mask))
		seq_printf(list->file, "/%pM", mask);
}

static void sn_show_ip4(struct sn_list *list, const char *name, __be32 value, __be32 mask)
{
	if (!mask)
		return;
	sn_list_next(list, name);
	seq_printf(list->file, "=%pI4", &value);
	if (mask != htonl(0xffffffff))
		seq_printf(list->file, "/%pI4", &mask);
}

static void sn_show_ip6(struct sn_list *list, const char *name, const struct in6_addr *value,
			const struct in6_addr *mask)
{
	static const struct in6_addr full = { .s6_addr = { [0 ... 15] = 0xff } };

	if (ipv6_addr_any(mask))
		return;
	sn_list_next(list, name);
	seq_printf(list->file, "=%pI6c", value);
	if (!ipv6_addr_equal(mask, &full))
		seq_printf(list->file, "/%pI6c", mask);
}

static void sn_show_vlan(struct sn_list *list, const struct flow_dissector_key_vlan *key,
			 const struct flow_dissector_key_vlan *mask, bool inner)
{
	sn_show_number(list, inner ? "cvlan_id" : "vlan_id", key->vlan_id, mask->vlan_id,
		       VLAN_VID_MASK, "%u");
	sn_show_number(list, inner ? "cvlan_prio" : "vlan_prio", key->vlan_priority,
		       mask->vlan_priority, 7, "%u");
	sn_show_number(list, inner ? "cvlan_tpid" : "vlan_tpid", ntohs(key->vlan_tpid),
		       ntohs(mask->vlan_tpid), 0xffff, "0x%04x");
}

static void sn_show_l2(struct sn_list *list, const struct sn_key *key, const struct sn_key *mask)
{
	sn_show_mac(list, "dst_mac", key->eth.dst, mask->eth.dst);
	sn_show_mac(list, "src_mac", key->eth.src, mask->eth.src);
	sn_show_vlan(list, &key->vlan, &mask->vlan, false);
	sn_show_vlan(list, &key->cvlan, &mask->cvlan, true);
	sn_show_number(list, "eth_type", ntohs(key->basic.n_proto), ntohs(mask->basic.n_proto),
		       0xffff, "0x%04x");
	sn_show_number(list, "arp_op", key->arp.op, mask->arp.op, 0xff, "%u");
	sn_show_ip4(list, "arp_sip", (__force __be32)key->arp.sip, (__force __be32)mask->arp.sip);
	sn_show_ip4(list, "arp_tip", (__force __be32)key->arp.tip, (__force __be32)mask->arp.tip);
	sn_show_mac(list, "arp_sha", key->arp.sha, mask->arp.sha);
	sn_show_mac(list, "arp_tha", key->arp.tha, mask->arp.tha);
}

static void sn_show_l3(struct sn_list *list, const struct sn_key *key, const struct sn_key *mask)
{
	sn_show_number(list, "ip_proto", key->basic.ip_proto, mask->basic.ip_proto, 0xff, "%u");
	sn_show_ip4(list, "src_ip", key->ipv4.src, mask->ipv4.src);
	sn_show_ip4(list, "dst_ip", key->ipv4.dst, mask->ipv4.dst);
	sn_show_ip6(list, "src_ip", &key->ipv6.src, &mask->ipv6.src);
	sn_show_ip6(list, "dst_ip", &key->ipv6.dst, &mask->ipv6.dst);
	sn_show_number(list, "ip_tos", key->ip.tos, mask->ip.tos, 0xff, "%u");
	sn_show_number(list, "ip_ttl", key->ip.ttl, mask->ip.ttl, 0xff, "%u");
	sn_show_number(list, "frag", !!(key->control.flags & FLOW_DIS_IS_FRAGMENT),
		       !!(mask->control.flags & FLOW_DIS_IS_FRAGMENT), 1, "%u");
	sn_show_number(list, "first_frag", !!(key->control.flags & FLOW_DIS_FIRST_FRAG),
		       !!(mask->control.flags & FLOW_DIS_FIRST_FRAG), 1, "%u");
}

static void sn_show_l4(struct sn_list *list, const struct sn_key *key, const struct sn_key *mask)
{
	sn_show_number(list, "src_port", ntohs(key->ports.src), ntohs(mask->ports.src),
		       0xffff, "%u");
	sn_show_number(list, "dst_port", ntohs(key->ports.dst), ntohs(mask->ports.dst),
		       0xffff, "%u");
	sn_show_number(list, "tcp_flags", ntohs(key->tcp.flags), ntohs(mask->tcp.flags),
		       0xfff, "0x%x");
	sn_show_number(list, "icmp_type", key->icmp.type, mask->icmp.type, 0xff, "%u");
	sn_show_number(list, "icmp_code", key->icmp.code, mask->icmp.code, 0xff, "%u");
}

static void sn_show_ct(struct sn_list *list, const struct flow_dissector_key_ct *key,
		       const struct flow_dissector_key_ct *mask)
{
	static const char * const names[] = { "ct_label0", "ct_label1", "ct_label2", "ct_label3" };
	unsigned int i;

	sn_show_number(list, "ct_state", key->ct_state, mask->ct_state, 0xffff, "0x%x");
	sn_show_number(list, "ct_zone", key->ct_zone, mask->ct_zone, 0xffff, "%u");
	sn_show_number(list, "ct_mark", key->ct_mark, mask->ct_mark, U32_MAX, "0x%x");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		sn_show_number(list, names[i], key->ct_labels[i], mask->ct_labels[i],
			       U32_MAX, "0x%x");
}

static void sn_show_tunnel(struct sn_list *list, const struct sn_key *key,
			   const struct sn_key *mask)
{
	sn_show_number(list, "enc_key_id", ntohl(key->enc_keyid.keyid),
		       ntohl(mask->enc_keyid.keyid), U32_MAX, "%u");
	sn_show_ip4(list, "enc_src_ip", key->enc_ipv4.src, mask->enc_ipv4.src);
	sn_show_ip4(list, "enc_dst_ip", key->enc_ipv4.dst, mask->enc_ipv4.dst);
	sn_show_ip6(list, "enc_src_ip", &key->enc_ipv6.src, &mask->enc_ipv6.src);
	sn_show_ip6(list, "enc_dst_ip", &key->enc_ipv6.dst, &mask->enc_ipv6.dst);
	sn_show_number(list, "enc_src_port", ntohs(key->enc_ports.src),
		       ntohs(mask->enc_ports.src), 0xffff, "%u");
	sn_show_number(list, "enc_dst_port", ntohs(key->enc_ports.dst),
		       ntohs(mask->enc_ports.dst), 0xffff, "%u");
	sn_show_number(list, "enc_tos", key->enc_ip.tos, mask->enc_ip.tos, 0xff, "%u");
	sn_show_number(list, "enc_ttl", key->enc_ip.ttl, mask->enc_ip.ttl, 0xff, "%u");
	if (key->enc_opts.len) {
		sn_list_next(list, "enc_opts=");
		seq_printf(list->file, "%*phN", key->enc_opts.len, key->enc_opts.data);
	}
}

static void sn_match_show(struct seq_file *file, const struct sn_rule *rule)
{
	struct sn_list list = { .file = file };

	sn_show_l2(&list, &rule->key, &rule->mask);
	sn_show_l3(&list, &rule->key, &rule->mask);
	sn_show_l4(&list, &rule->key, &rule->mask);
	sn_show_ct(&list, &rule->key.ct, &rule->mask.ct);
	sn_show_tunnel(&list, &rule->key, &rule->mask);
	if (!list.begun)
		seq_puts(file, "any");
}

/*
 * What a rule does
 */

static void sn_action_show(struct sn_list *list, const struct sn_action *action)
{
	static const char * const headers[] = {
		[FLOW_ACT_MANGLE_HDR_TYPE_ETH] = "eth", [FLOW_ACT_MANGLE_HDR_TYPE_IP4] = "ip4",
		[FLOW_ACT_MANGLE_HDR_TYPE_IP6] = "ip6", [FLOW_ACT_MANGLE_HDR_TYPE_TCP] = "tcp",
		[FLOW_ACT_MANGLE_HDR_TYPE_UDP] = "udp",
	};
	const char *output = action->last ? "redirect:" : "mirror:";
	const struct net_device *dev;

	switch (action->id) {
	case SN_DROP:
		sn_list_next(list, "drop");
		break;
	case SN_OUTPUT:
		sn_list_next(list, output);
		rcu_read_lock();
		dev = rcu_dereference(action->port->dev);
		seq_puts(list->file, dev ? dev->name : "-");
		rcu_read_unlock();
		break;
	case SN_ENCAP_OUTPUT:
		sn_list_next(list, output);
		sn_encap_show(list->file, action->encap);
		break;
	case SN_GOTO:
		sn_list_next(list, "goto:");
		seq_printf(list->file, "%u", action->chain);
		break;
	case SN_VLAN_PUSH:
	case SN_VLAN_MANGLE:
		sn_list_next(list, action->id == SN_VLAN_PUSH ? "vlan_push:" : "vlan_modify:");
		seq_printf(list->file, "0x%04x/%u/%u", ntohs(action->vlan.proto),
			   action->vlan.tci & VLAN_VID_MASK,
			   action->vlan.tci >> VLAN_PRIO_SHIFT);
		break;
	case SN_VLAN_POP:
		sn_list_next(list, "vlan_pop");
		break;
	case SN_MANGLE:
		sn_list_next(list, "pedit:");
		seq_printf(list->file, "%s+%u&%08x^%08x", headers[action->mangle.header],
			   action->mangle.offset,
			   ntohl((__force __be32)action->mangle.mask),
			   ntohl((__force __be32)action->mangle.value));
		break;
	case SN_POLICE:
		sn_list_next(list, "police:");
		seq_printf(list->file, "%llu/%llu", action->police.rate, action->police.burst);
		break;
	case SN_CT:
		sn_list_next(list, "");
		sn_ct_show(list->file, action->ct);
		break;
	case SN_CT_CLEAR:
		sn_list_next(list, "ct_clear");
		break;
	}
}

static int sn_table_show(struct seq_file *file, void *v)
{
	struct sn_nic *nic = file->private;
	const struct sn_rule *rule;
	unsigned int i;

	mutex_lock(&nic->lock);
	list_for_each_entry(rule, &nic->rules, in_nic) {
		struct sn_list actions = { .file = file };

		seq_printf(file, "cookie=%lx dev=%s chain=%u prio=%u match=", rule->cookie,
			   rule->block->dev->name, rule->chain, rule->prio);
		sn_match_show(file, rule);
		seq_puts(file, " actions=");
		for (i = 0; i < rule->n_actions; i++)
			sn_action_show(&actions, &rule->actions[i]);
		seq_printf(file, " packets=%lld bytes=%lld idle_ms=%u\n",
			   (long long)atomic64_read(&rule->counter.packets),
			   (long long)atomic64_read(&rule->counter.bytes),
			   jiffies_to_msecs(jiffies - READ_ONCE(rule->counter.used)));
	}
	mutex_unlock(&nic->lock);
	sn_ct_table_show(file, nic);
	return 0;
}

static int sn_counters_show(struct seq_file *file, void *v)
{
	struct sn_nic *nic = file->private;
	unsigned int i, rules;

	for (i = 0; i < SN_STATS; i++)
		seq_printf(file, "%s %lld\n", sn_stat_names[i],
			   (long long)atomic64_read(&nic->stats[i]));
	mutex_lock(&nic->lock);
	rules = nic->n_rules;
	mutex_unlock(&nic->lock);
	seq_printf(file, "rules %u\n", rules);
	seq_printf(file, "ct_entries %u\n", sn_ct_entries(nic));
	return 0;
}

/*
 * Files that are written: a line each, read back as it was
 */

static int sn_fault_show(struct seq_file *file, void *v)
{
	struct sn_nic *nic = file->private;

	seq_printf(file, "%s\n", sn_fault_names[READ_ONCE(nic->fault)]);
	return 0;
}

static int sn_fault_store(struct sn_nic *nic, char *text)
{
	int fault = match_string(sn_fault_names, ARRAY_SIZE(sn_fault_names), text);

	if (fault < 0)
		return -EINVAL;
	WRITE_ONCE(nic->fault, fault);
	return 0;
}

static int sn_limit_show(struct seq_file *file, void *v)
{
	struct sn_nic *nic = file->private;

	seq_printf(file, "%u\n", READ_ONCE(nic->limit));
	return 0;
}

static int sn_limit_store(struct sn_nic *nic, char *text)
{
	unsigned int limit;
	int err = kstrtouint(text, 0, &limit);

	if (err)
		return err;
	if (limit > SN_MAX_RULES)
		return -ERANGE;
	mutex_lock(&nic->lock);
	WRITE_ONCE(nic->limit, limit);
	mutex_unlock(&nic->lock);
	return 0;
}

/* The numbers of the VFs that are unplugged. */
static int sn_unplug_show(struct seq_file *file, void *v)
{
	struct sn_nic *nic = file->private;
	unsigned int i;

	for (i = 0; i < nic->n_vfs; i++)
		if (!rcu_access_pointer(nic->vfs[i].dev))
			seq_printf(file, "%u\n", i);
	return 0;
}

/* "2" unplugs VF 2, "plug 2" brings it back. */
static int sn_unplug_store(struct sn_nic *nic, char *text)
{
	const bool plug = !strncmp(text, "plug ", 5);
	unsigned int vf;
	int err = kstrtouint(plug ? text + 5 : text, 0, &vf);

	if (err)
		return err;
	if (vf >= nic->n_vfs)
		return -ERANGE;
	return plug ? sn_vf_plug(nic, vf) : sn_vf_unplug(nic, vf);
}

static int sn_link_show(struct seq_file *file, void *v)
{
	struct sn_nic *nic = file->private;

	seq_printf(file, "%d\n", READ_ONCE(nic->link));
	return 0;
}

static int sn_link_store(struct sn_nic *nic, char *text)
{
	bool link;
	int err = kstrtobool(text, &link);

	if (err)
		return err;
	rtnl_lock();
	WRITE_ONCE(nic->link, link);
	sn_link_update(nic);
	rtnl_unlock();
	return 0;
}

static ssize_t sn_store(struct file *file, const char __user *buffer, size_t size,
			int (*store)(struct sn_nic *nic, char *text))
{
	struct sn_nic *nic = ((struct seq_file *)file->private_data)->private;
	char text[32];
	int err;

	if (!size || size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	text[size] = '\0';
	err = store(nic, strim(text));
	return err ?: size;
}

#define SN_FILE(_name, _write)							\
static int sn_##_name##_open(struct inode *inode, struct file *file)		\
{										\
	return single_open(file, sn_##_name##_show, inode->i_private);		\
}										\
										\
static const struct file_operations sn_##_name##_fops = {			\
	.owner = THIS_MODULE,							\
	.open = sn_##_name##_open,						\
	.read = seq_read,							\
	.write = _write,							\
	.llseek = seq_lseek,							\
	.release = single_release,						\
}

#define SN_WRITABLE_FILE(_name)							\
static ssize_t sn_##_name##_write(struct file *file, const char __user *buffer,	\
				  size_t size, loff_t *position)		\
{										\
	return sn_store(file, buffer, size, sn_##_name##_store);		\
}										\
										\
SN_FILE(_name, sn_##_name##_write)

SN_FILE(table, NULL);
SN_FILE(counters, NULL);
SN_WRITABLE_FILE(fault);
SN_WRITABLE_FILE(limit);
SN_WRITABLE_FILE(unplug);
SN_WRITABLE_FILE(link);

void sn_debugfs_create(struct sn_nic *nic)
{
	char name[8];

	snprintf(name, sizeof(name), "nic%u", nic->id);
	nic->debugfs = debugfs_create_dir(name, sn_debugfs);
	debugfs_create_file("table", 0400, nic->debugfs, nic, &sn_table_fops);
	debugfs_create_file("counters", 0400, nic->debugfs, nic, &sn_counters_fops);
	debugfs_create_file("fault", 0600, nic->debugfs, nic, &sn_fault_fops);
	debugfs_create_file("limit", 0600, nic->debugfs, nic, &sn_limit_fops);
	debugfs_create_file("unplug", 0600, nic->debugfs, nic, &sn_unplug_fops);
	debugfs_create_file("link", 0600, nic->debugfs, nic, &sn_link_fops);
}

/* Waits for those who are reading or writing. */
void sn_debugfs_destroy(struct sn_nic *nic)
{
	debugfs_remove_recursive(nic->debugfs);
}

void __init sn_debugfs_init(void)
{
	sn_debugfs = debugfs_create_dir(SN_NAME, NULL);
}

void sn_debugfs_exit(void)
{
	debugfs_remove_recursive(sn_debugfs);
}
