/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that the module is for: el7 (3.10.0-514 and
 * later), el8 (4.18), 5.4 and all that follow. The RHEL kernels are told by
 * RHEL_RELEASE_CODE, for they are not what their version number says.
 */
#ifndef KUBE_OVN_FASTPATH_COMPAT_H
#define KUBE_OVN_FASTPATH_COMPAT_H

#include <linux/version.h>

#if defined(RHEL_RELEASE_CODE) && defined(RHEL_RELEASE_VERSION)
#define RHEL_BEFORE(major, minor) (RHEL_RELEASE_CODE < RHEL_RELEASE_VERSION(major, minor))
#else
#define RHEL_BEFORE(major, minor) 0
#endif

#define KERNEL_BEFORE(major, minor) (LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, 0))

#if KERNEL_BEFORE(4, 18)
#error "this kernel is too old: el7 (3.10.0-514), el8 or 4.18 and later are supported"
#endif

#if KERNEL_BEFORE(5, 8)
#define SYSCTL_BUFFER void __user
#else
#define SYSCTL_BUFFER void
#endif

#if KERNEL_BEFORE(6, 6)
#define register_net_sysctl_sz(net, path, table, size) register_net_sysctl(net, path, table)
#define SYSCTL_SENTINEL 1
#else
#define SYSCTL_SENTINEL 0
#endif

#if KERNEL_BEFORE(6, 11)
#define CTL_TABLE_CONST
#else
#define CTL_TABLE_CONST const
#endif

/* Forwarding of IPv6 is decided for all interfaces at once; 6.17 made exceptions. */
static inline bool ipv6_forwards(const struct net *net, const struct net_device *dev)
{
#if !KERNEL_BEFORE(6, 17)
	const struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev && READ_ONCE(idev->cnf.force_forwarding))
		return true;
#endif
	return READ_ONCE(net->ipv6.devconf_all->forwarding);
}

/* Whether routes are looked up by more than the destination. */
static inline bool net_has_policy_routing(const struct net *net, u8 pf)
{
	if (pf == NFPROTO_IPV4) {
#ifdef CONFIG_IP_MULTIPLE_TABLES
		return READ_ONCE(net->ipv4.fib_has_custom_rules);
#endif
	} else {
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
		return READ_ONCE(net->ipv6.fib6_has_custom_rules);
#endif
	}
	return false;
}

/* The hooks of a namespace at one point. */
static inline const struct nf_hook_entries *
nf_hooks(const struct net *net, u8 pf, unsigned int hook)
{
	return pf == NFPROTO_IPV4 ? rcu_dereference(net->nf.hooks_ipv4[hook]) :
				    rcu_dereference(net->nf.hooks_ipv6[hook]);
}

/* Something that is another whenever hooks come or go; not to be looked into. */
static inline const void *nf_hooks_id(const struct net *net, u8 pf, unsigned int hook)
{
	return pf == NFPROTO_IPV4 ? rcu_access_pointer(net->nf.hooks_ipv4[hook]) :
				    rcu_access_pointer(net->nf.hooks_ipv6[hook]);
}

/* Whether a hook sits there, from priority first to last. Called under RCU. */
static inline bool nf_hooked(const struct net *net, u8 pf, unsigned int hook,
			     int first, int last)
{
	const struct nf_hook_entries *entries = nf_hooks(net, pf, hook);
	struct nf_hook_ops **ops;
	unsigned int i;

	if (!entries)
		return false;
	ops = nf_hook_entries_get_hook_ops(entries);
	for (i = 0; i < entries->num_hook_entries; i++)
		if (ops[i]->priority >= first && ops[i]->priority <= last)
			return true;
	return false;
}

#endif /* KUBE_OVN_FASTPATH_COMPAT_H */
