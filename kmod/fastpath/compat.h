/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that the module is for: el7 (3.10.0-514 and
 * later), el8 (4.18), 5.4 and all that follow. RHEL kernels are told apart by
 * RHEL_RELEASE_CODE, for they are not what their version number says.
 *
 * Included once, by kube_ovn_fastpath.c, after all other headers.
 */
#ifndef KUBE_OVN_FASTPATH_COMPAT_H
#define KUBE_OVN_FASTPATH_COMPAT_H

#include <linux/version.h>

#define KERNEL_BEFORE(major, minor) (LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, 0))

#if defined(RHEL_RELEASE_CODE) && KERNEL_BEFORE(3, 11)
#if RHEL_RELEASE_CODE < RHEL_RELEASE_VERSION(7, 3)
#error "el7 kernels before 3.10.0-514 (7.3) are not supported"
#endif
#define COMPAT_EL7
#elif KERNEL_BEFORE(4, 18)
#error "kernels between el7's 3.10 and 4.18 are not supported"
#endif

#if !IS_ENABLED(CONFIG_IPV6)
#error "the module needs CONFIG_IPV6"
#endif

/*
 * Settings and files
 */

#if KERNEL_BEFORE(5, 8)
#define SYSCTL_BUFFER void __user
#else
#define SYSCTL_BUFFER void
#endif

#if KERNEL_BEFORE(6, 6)
#define register_net_sysctl_sz(net, path, table, size) \
	((void)(size), register_net_sysctl(net, path, table))
#define SYSCTL_SENTINEL 1
#else
#define SYSCTL_SENTINEL 0
#endif

#if KERNEL_BEFORE(6, 11)
#define CTL_TABLE_CONST
#else
#define CTL_TABLE_CONST const
#endif

/*
 * Packets
 */

#ifndef ipv6_authlen
#define ipv6_authlen(header) (((header)->hdrlen + 2) << 2)
#endif

/*
 * Bridges and forwarding
 */

#if !IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
static inline int nf_bridge_get_physinif(const struct sk_buff *skb)
{
	return 0;
}

static inline struct net_device *nf_bridge_get_physoutdev(const struct sk_buff *skb)
{
	return NULL;
}
#endif

/* Forwarding of IPv6 is for all interfaces or none; 6.17 brought exceptions. */
static inline bool ipv6_forwards(const struct net *net, const struct net_device *dev)
{
#if !KERNEL_BEFORE(6, 17)
	const struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev && READ_ONCE(idev->cnf.force_forwarding))
		return true;
#endif
	return READ_ONCE(net->ipv6.devconf_all->forwarding);
}

#if defined(COMPAT_EL7) && defined(CONFIG_IPV6_MULTIPLE_TABLES)
#include <net/fib_rules.h>
#include <net/ip6_fib.h>

/* Whether there is any rule but the two that every namespace starts with. */
static bool fib6_has_custom_rules(const struct net *net)
{
	const struct fib_rule *rule;

	list_for_each_entry_rcu(rule, &net->ipv6.fib6_rules_ops->rules_list, list)
		if (!(rule->pref == 0 && rule->table == RT6_TABLE_LOCAL) &&
		    !(rule->pref == 0x7FFE && rule->table == RT6_TABLE_MAIN))
			return true;
	return false;
}
#endif

/* Whether routes depend on more than the destination. Called under RCU. */
static inline bool net_has_policy_routing(const struct net *net, u8 pf)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	if (pf == NFPROTO_IPV4)
		return READ_ONCE(net->ipv4.fib_has_custom_rules);
#endif
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	if (pf == NFPROTO_IPV6)
#ifdef COMPAT_EL7
		return fib6_has_custom_rules(net);
#else
		return READ_ONCE(net->ipv6.fib6_has_custom_rules);
#endif
#endif
	return false;
}

#ifndef COMPAT_EL7

#define pernet_id_t unsigned int

/*
 * Hooks: each namespace has its own
 */

static inline struct nf_hook_entries __rcu * const *
nf_hooks(const struct net *net, u8 pf, unsigned int hook)
{
	return pf == NFPROTO_IPV4 ? &net->nf.hooks_ipv4[hook] : &net->nf.hooks_ipv6[hook];
}

/* Changes whenever hooks come or go; for comparison only. */
static inline const void *nf_hooks_id(const struct net *net, u8 pf, unsigned int hook)
{
	return rcu_access_pointer(*nf_hooks(net, pf, hook));
}

/*
 * Whether there is a hook from priority first to last. Called under RCU, which
 * keeps the entries. Before 6.1 NAT frees its nf_hook_ops without waiting for
 * RCU when its last chain goes: reading a stale priority then, of memory that is
 * mapped in any case, is as good as having come a moment earlier or later.
 */
static inline bool nf_hooked(const struct net *net, u8 pf, unsigned int hook,
			     int first, int last)
{
	const struct nf_hook_entries *entries = rcu_dereference(*nf_hooks(net, pf, hook));
	struct nf_hook_ops **ops;
	unsigned int i;

	if (!entries)
		return false;
	ops = nf_hook_entries_get_hook_ops(entries);
	for (i = 0; i < entries->num_hook_entries; i++) {
		int priority = READ_ONCE(ops[i]->priority);

		if (priority >= first && priority <= last)
			return true;
	}
	return false;
}

#else /* COMPAT_EL7 */

#include <linux/netfilter/x_tables.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#if IS_ENABLED(CONFIG_NF_TABLES)
#include <net/netfilter/nf_tables.h>
#endif

#ifndef READ_ONCE
#define READ_ONCE(x) ACCESS_ONCE(x)
#define WRITE_ONCE(x, value) (ACCESS_ONCE(x) = (value))
#endif

#ifndef raw_cpu_ptr
#define raw_cpu_ptr(pointer) __this_cpu_ptr(pointer)
#endif

#define strscpy(to, from, size) strlcpy(to, from, size)

static int compat_match_string(const char * const *array, size_t n, const char *string)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(array[i], string))
			return i;
	return -EINVAL;
}

#define match_string compat_match_string

#define pernet_id_t int

/* Neither matters to NF_STOP, which leaves okfn to the caller. */
static inline bool compat_false(const struct net_device *dev)
{
	return false;
}

#define netif_is_l3_master compat_false
#define netif_has_l3_rx_handler compat_false

/*
 * Files of a namespace
 */

static inline struct net *seq_file_single_net(struct seq_file *seq)
{
	return seq->private;
}

struct compat_proc {
	int (*show)(struct seq_file *seq, void *v);
	int (*write)(struct file *file, char *text, size_t size);
};

static int compat_proc_open(struct inode *inode, struct file *file)
{
	const struct compat_proc *proc = PDE_DATA(inode);

	return single_open_net(inode, file, proc->show);
}

static ssize_t compat_proc_write(struct file *file, const char __user *buffer,
				 size_t size, loff_t *position)
{
	const struct compat_proc *proc = PDE_DATA(file_inode(file));
	char *text;
	int err;

	if (!size || size >= PAGE_SIZE)
		return -EINVAL;
	text = kmalloc(size + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	text[size] = '\0';
	err = copy_from_user(text, buffer, size) ? -EFAULT : proc->write(file, text, size);
	kfree(text);
	return err ?: size;
}

static const struct file_operations compat_proc_fops = {
	.owner = THIS_MODULE,
	.open = compat_proc_open,
	.read = seq_read,
	.write = compat_proc_write,
	.llseek = seq_lseek,
	.release = single_release_net,
};

#define proc_create_net_single_write(_name, _mode, _parent, _show, _write, _data)	\
({											\
	static const struct compat_proc __proc = { .show = _show, .write = _write };	\
	proc_create_data(_name, _mode, _parent, &compat_proc_fops, (void *)&__proc);	\
})

/*
 * Hooks: one set for all namespaces, and NF_STOP
 *
 * The hooks of the module keep their newer form; those registered with the
 * kernel look up and call them. The okfn they are shown does nothing, since
 * NF_STOP has the caller go on with the real one.
 */

struct compat_nf_hook_state {
	const struct net_device *in;
	const struct net_device *out;
	struct sock *sk;
	struct net *net;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

struct compat_nf_hook_ops {
	unsigned int (*hook)(void *priv, struct sk_buff *skb,
			     const struct compat_nf_hook_state *state);
	void *priv;
	u8 pf;
	unsigned int hooknum;
	int priority;
};

struct compat_net {
	const struct compat_nf_hook_ops *ops;
	unsigned int n_ops;
};

static int compat_net_id __read_mostly;

static struct pernet_operations compat_net_ops = {
	.id = &compat_net_id,
	.size = sizeof(struct compat_net),
};

static int compat_okfn(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

static unsigned int compat_hook(const struct nf_hook_ops *ops, struct sk_buff *skb,
				const struct net_device *in,
				const struct net_device *out,
				const struct nf_hook_state *state)
{
	struct compat_nf_hook_state compat_state = {
		.in = in,
		.out = out,
		.sk = state->sk,
		.net = dev_net(in ?: out),	/* not in the state of 7.3 */
		.okfn = compat_okfn,
	};
	const struct compat_net *compat = net_generic(compat_state.net, compat_net_id);
	const struct compat_nf_hook_ops *hooks = READ_ONCE(compat->ops);
	unsigned int i, verdict;

	/* None in a namespace that is being made or taken down. */
	if (!hooks)
		return NF_ACCEPT;
	smp_read_barrier_depends();
	for (i = 0; i < compat->n_ops; i++) {
		if (hooks[i].pf != ops->pf || hooks[i].hooknum != ops->hooknum)
			continue;
		verdict = hooks[i].hook(hooks[i].priv, skb, &compat_state);
		return (verdict & NF_VERDICT_MASK) == NF_STOLEN ? NF_STOP : verdict;
	}
	return NF_ACCEPT;
}

#define COMPAT_HOOK(_hooknum, _priority, _pf)	\
	{					\
		.hook = compat_hook,		\
		.owner = THIS_MODULE,		\
		.pf = _pf,			\
		.hooknum = _hooknum,		\
		.priority = _priority,		\
	}
#define COMPAT_HOOKS(_hooknum, _priority)			\
	COMPAT_HOOK(_hooknum, _priority, NFPROTO_IPV4),		\
	COMPAT_HOOK(_hooknum, _priority, NFPROTO_IPV6)

static struct nf_hook_ops compat_ops[] = {
	COMPAT_HOOKS(NF_INET_LOCAL_OUT, INT_MIN),
	COMPAT_HOOKS(NF_INET_POST_ROUTING, INT_MIN),
	COMPAT_HOOKS(NF_INET_PRE_ROUTING, INT_MIN),
	COMPAT_HOOKS(NF_INET_LOCAL_IN, INT_MIN),
	COMPAT_HOOKS(NF_INET_FORWARD, INT_MAX),
};

static int compat_register_net_hooks(struct net *net,
				     const struct compat_nf_hook_ops *ops, unsigned int n)
{
	struct compat_net *compat = net_generic(net, compat_net_id);

	compat->n_ops = n;
	smp_wmb();	/* pairs with smp_read_barrier_depends() of compat_hook() */
	WRITE_ONCE(compat->ops, ops);
	return 0;
}

static void compat_unregister_net_hooks(struct net *net,
					const struct compat_nf_hook_ops *ops, unsigned int n)
{
	struct compat_net *compat = net_generic(net, compat_net_id);

	WRITE_ONCE(compat->ops, NULL);
}

static int compat_register_pernet_subsys(struct pernet_operations *ops)
{
	int err;

	err = register_pernet_subsys(&compat_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(ops);
	if (err)
		goto unregister_compat;
	err = nf_register_hooks(compat_ops, ARRAY_SIZE(compat_ops));
	if (err)
		goto unregister;
	return 0;

unregister:
	unregister_pernet_subsys(ops);
unregister_compat:
	unregister_pernet_subsys(&compat_net_ops);
	return err;
}

static void compat_unregister_pernet_subsys(struct pernet_operations *ops)
{
	nf_unregister_hooks(compat_ops, ARRAY_SIZE(compat_ops));
	unregister_pernet_subsys(ops);
	unregister_pernet_subsys(&compat_net_ops);
}

static inline const void *nf_hooks_id(const struct net *net, u8 pf, unsigned int hook)
{
	return NULL;	/* not known: a tick decides */
}

/*
 * The hooks of all namespaces are in one list. Those of nft belong to a chain,
 * which knows its namespace. A chain for NAT does NAT whatever its priority is.
 */
static bool compat_nft_hooked(const struct net *net, const struct nf_hook_ops *ops,
			      bool nat, int first, int last)
{
#if IS_ENABLED(CONFIG_NF_TABLES)
	const struct nft_base_chain *chain = nft_base_chain(ops->priv);

	/* A hook of nft is a part of what its priv leads to, others are not. */
	if (!ops->priv || ops < chain->ops || ops >= chain->ops + NFT_HOOK_OPS_MAX ||
	    !net_eq(read_pnet(&chain->pnet), net))
		return false;
	if (nat && chain->type->type == NFT_CHAIN_T_NAT)
		return true;
	return ops->priority >= first && ops->priority <= last;
#else
	return false;
#endif
}

/*
 * Those of iptables serve all namespaces, so what counts is whether the table of this
 * namespace has rules. While its hook is there, so is the table: its module
 * registers them later and unregisters them earlier than the tables, and we are
 * under RCU. The contents of the table are kept by the sequence count.
 */
static bool compat_xt_hooked(const struct net *net, u8 pf, const struct nf_hook_ops *ops,
			     bool nat, int first, int last)
{
	const bool ipv4 = pf == NFPROTO_IPV4;
	const struct xt_table_info *info;
	const struct xt_table *table;
	unsigned int addend;
	const char *owner;
	bool builtin, rules;

	if (ops->priority < first || ops->priority > last)
		return false;
	if (nat) {
		owner = ipv4 ? "iptable_nat" : "ip6table_nat";
		builtin = ipv4 ? IS_BUILTIN(CONFIG_IP_NF_NAT) : IS_BUILTIN(CONFIG_IP6_NF_NAT);
		table = ipv4 ? net->ipv4.nat_table : net->ipv6.ip6table_nat;
	} else {
		owner = ipv4 ? "iptable_mangle" : "ip6table_mangle";
		builtin = ipv4 ? IS_BUILTIN(CONFIG_IP_NF_MANGLE) :
				 IS_BUILTIN(CONFIG_IP6_NF_MANGLE);
		table = ipv4 ? net->ipv4.iptable_mangle : net->ipv6.ip6table_mangle;
	}
	if (ops->owner ? strcmp(ops->owner->name, owner) : !builtin)
		return false;
	if (IS_ERR_OR_NULL(table))
		return false;
	local_bh_disable();
	addend = xt_write_recseq_begin();
	info = READ_ONCE(table->private);
	smp_read_barrier_depends();
	rules = info->number > info->initial_entries;
	xt_write_recseq_end(addend);
	local_bh_enable();
	return rules;
}

static bool nf_hooked(const struct net *net, u8 pf, unsigned int hook, int first, int last)
{
	const bool nat = first != NF_IP_PRI_MANGLE;
	const struct nf_hook_ops *ops;

	list_for_each_entry_rcu(ops, &nf_hooks[pf][hook], list)
		if (compat_nft_hooked(net, ops, nat, first, last) ||
		    compat_xt_hooked(net, pf, ops, nat, first, last))
			return true;
	return false;
}

#define nf_hook_state compat_nf_hook_state
#define nf_hook_ops compat_nf_hook_ops
#define nf_register_net_hooks compat_register_net_hooks
#define nf_unregister_net_hooks compat_unregister_net_hooks
#define register_pernet_subsys compat_register_pernet_subsys
#define unregister_pernet_subsys compat_unregister_pernet_subsys

#endif /* COMPAT_EL7 */

#endif /* KUBE_OVN_FASTPATH_COMPAT_H */
