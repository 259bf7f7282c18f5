// SPDX-License-Identifier: GPL-2.0
/*
 * Kube-OVN fastpath: lets the packets of pods and tunnels skip the netfilter
 * hooks that have nothing to do for them.
 *
 * At each of the four hooks that a local packet meets, a function that runs
 * before all others either lets the packet go on to them (NF_ACCEPT), or hands
 * it to the code behind the hook itself and ends the traversal (NF_STOLEN).
 * README.md tells which packets, and why.
 */

#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/sysctl.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "compat.h"

#define FASTPATH_NAME "kube_ovn_fastpath"

/* What became of a packet at a hook; also why a namespace is not bypassed. */
enum fastpath_outcome {
	FASTPATH_BYPASSED,
	FASTPATH_FRAGMENT,	/* needs defragmentation, which is a hook */
	FASTPATH_TRANSIT,	/* not for or from this namespace alone */
	FASTPATH_NAT,		/* the namespace translates addresses */
	FASTPATH_MANGLE,	/* rules mark packets, and marks decide routes */
	FASTPATH_ROUTER,	/* the namespace has forwarded a packet */
	FASTPATH_OFF,
	FASTPATH_OTHER,		/* no tunnel packet, malformed, a VRF */
	FASTPATH_OUTCOMES
};

static const char * const fastpath_outcomes[FASTPATH_OUTCOMES] = {
	[FASTPATH_BYPASSED] = "bypassed",
	[FASTPATH_FRAGMENT] = "fragment",
	[FASTPATH_TRANSIT] = "transit",
	[FASTPATH_NAT] = "nat",
	[FASTPATH_MANGLE] = "mangle",
	[FASTPATH_ROUTER] = "router",
	[FASTPATH_OFF] = "off",
	[FASTPATH_OTHER] = "other",
};

/* What the administrator of a namespace asked for. */
enum fastpath_mode {
	FASTPATH_MODE_AUTO,
	FASTPATH_MODE_POD,
	FASTPATH_MODE_NODE,
	FASTPATH_MODE_OFF,
};

static const char * const fastpath_modes[] = {
	[FASTPATH_MODE_AUTO] = "auto",
	[FASTPATH_MODE_POD] = "pod",
	[FASTPATH_MODE_NODE] = "node",
	[FASTPATH_MODE_OFF] = "off",
};

/* What that makes of the namespace. */
enum fastpath_role {
	FASTPATH_ROLE_OFF,
	FASTPATH_ROLE_NODE,	/* bypass tunnels only */
	FASTPATH_ROLE_POD,	/* bypass what is local, in an endpoint */
	FASTPATH_ROLE_FORCED,	/* bypass what is local */
};

enum fastpath_family {
	FASTPATH_IPV4,
	FASTPATH_IPV6,
	FASTPATH_FAMILIES
};

/* NF_INET_PRE_ROUTING to NF_INET_POST_ROUTING; the row of FORWARD is unused. */
#define FASTPATH_HOOKS (NF_INET_POST_ROUTING + 1)

static __always_inline enum fastpath_family fastpath_family(u8 pf)
{
	return pf == NFPROTO_IPV4 ? FASTPATH_IPV4 : FASTPATH_IPV6;
}

/* What the hooks of a namespace were found to do, and when. */
struct fastpath_rules {
	const void *hooks[FASTPATH_HOOKS][FASTPATH_FAMILIES];	/* nf_hooks_id() */
	unsigned long tick;
	enum fastpath_outcome outcome;
};

struct fastpath_cpu {
	unsigned long count[FASTPATH_HOOKS][FASTPATH_FAMILIES][FASTPATH_OUTCOMES];
	struct fastpath_rules rules;
};

/* Two for each of the four hooks and FORWARD. */
#define FASTPATH_OPS 10
#define FASTPATH_FORWARD_OPS 2

struct fastpath_net {
	struct fastpath_cpu __percpu *cpu;
	struct net *net;
	enum fastpath_role role;
	enum fastpath_mode mode;
	bool router;
	struct nf_hook_ops ops[FASTPATH_OPS];
	unsigned int n_ops;
	struct ctl_table sysctl[1 + SYSCTL_SENTINEL];
	struct ctl_table_header *sysctl_header;
	struct mutex lock;	/* zero */
	unsigned long zero[FASTPATH_HOOKS][FASTPATH_FAMILIES][FASTPATH_OUTCOMES];
};

static pernet_id_t fastpath_net_id __read_mostly;

/* Strings, so that whatever is wrong with one is said in the same words. */
static char *geneve_port = "6081";
module_param(geneve_port, charp, 0444);
MODULE_PARM_DESC(geneve_port, "UDP port of Geneve tunnels (default 6081)");

static char *vxlan_port = "4789";
module_param(vxlan_port, charp, 0444);
MODULE_PARM_DESC(vxlan_port, "UDP port of VXLAN tunnels (default 4789)");

static char *stt_port = "7471";
module_param(stt_port, charp, 0444);
MODULE_PARM_DESC(stt_port, "TCP port of STT tunnels (default 7471)");

static char *pods = "auto";
module_param(pods, charp, 0444);
MODULE_PARM_DESC(pods, "bypass in namespaces other than the host's: auto (endpoints), on, off (default auto)");

static __be16 fastpath_geneve __read_mostly;
static __be16 fastpath_vxlan __read_mostly;
static __be16 fastpath_stt __read_mostly;
static enum fastpath_role fastpath_pods __read_mostly;

/*
 * The rules of a namespace
 */

static bool fastpath_has_nat(const struct net *net, u8 pf)
{
	/*
	 * NAT registers all of its hooks at once, at these priorities, as soon
	 * as the first chain for its rules exists, whatever the priority of
	 * that chain is. IPVS sits one or two places next to them.
	 */
	return nf_hooked(net, pf, NF_INET_PRE_ROUTING,
			 NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_DST + 2) ||
	       nf_hooked(net, pf, NF_INET_LOCAL_OUT,
			 NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_DST + 2) ||
	       nf_hooked(net, pf, NF_INET_LOCAL_IN,
			 NF_IP_PRI_NAT_SRC - 2, NF_IP_PRI_NAT_SRC) ||
	       nf_hooked(net, pf, NF_INET_POST_ROUTING,
			 NF_IP_PRI_NAT_SRC - 2, NF_IP_PRI_NAT_SRC);
}

/*
 * Marks change the route where they are set before routing and something but
 * the main table is looked up: that is how TPROXY and VPNs work.
 */
static bool fastpath_has_mangle(const struct net *net, u8 pf)
{
	return net_has_policy_routing(net, pf) &&
	       (nf_hooked(net, pf, NF_INET_PRE_ROUTING,
			  NF_IP_PRI_MANGLE, NF_IP_PRI_MANGLE) ||
		nf_hooked(net, pf, NF_INET_LOCAL_OUT,
			  NF_IP_PRI_MANGLE, NF_IP_PRI_MANGLE));
}

/* Whether hooks of the namespace decide where packets go. Called under RCU. */
static enum fastpath_outcome fastpath_find_rules(const struct net *net)
{
	if (fastpath_has_nat(net, NFPROTO_IPV4) || fastpath_has_nat(net, NFPROTO_IPV6))
		return FASTPATH_NAT;
	if (fastpath_has_mangle(net, NFPROTO_IPV4) || fastpath_has_mangle(net, NFPROTO_IPV6))
		return FASTPATH_MANGLE;
	return FASTPATH_BYPASSED;
}

/*
 * Looks again when the hooks at hand are not those of last time, and after a
 * tick in any case: hooks elsewhere may have changed, and what was freed may
 * have come back at the same address.
 *
 * Who races on this CPU between two of these writes leaves hooks that do not
 * belong to the outcome, which makes the next packet look again. The outcome is
 * written first for that.
 */
static noinline enum fastpath_outcome
fastpath_look_again(const struct net *net, struct fastpath_rules *rules)
{
	const void *hooks[FASTPATH_HOOKS][FASTPATH_FAMILIES];
	enum fastpath_outcome outcome;
	unsigned int i;

	for (i = 0; i < FASTPATH_HOOKS; i++) {
		hooks[i][FASTPATH_IPV4] = nf_hooks_id(net, NFPROTO_IPV4, i);
		hooks[i][FASTPATH_IPV6] = nf_hooks_id(net, NFPROTO_IPV6, i);
	}
	outcome = fastpath_find_rules(net);

	WRITE_ONCE(rules->outcome, outcome);
	for (i = 0; i < FASTPATH_HOOKS; i++) {
		WRITE_ONCE(rules->hooks[i][FASTPATH_IPV4], hooks[i][FASTPATH_IPV4]);
		WRITE_ONCE(rules->hooks[i][FASTPATH_IPV6], hooks[i][FASTPATH_IPV6]);
	}
	WRITE_ONCE(rules->tick, jiffies);
	return outcome;
}

static __always_inline enum fastpath_outcome
fastpath_rules(const struct fastpath_net *fp, unsigned int hook, u8 pf)
{
	struct fastpath_rules *rules = &raw_cpu_ptr(fp->cpu)->rules;

	if (likely(READ_ONCE(rules->hooks[hook][fastpath_family(pf)]) ==
		   nf_hooks_id(fp->net, pf, hook) &&
		   READ_ONCE(rules->tick) == jiffies))
		return READ_ONCE(rules->outcome);
	return fastpath_look_again(fp->net, rules);
}

/*
 * One packet
 */

/*
 * A packet that a bridge is carrying, with net.bridge.bridge-nf-call-iptables:
 * the bridge has it, not this namespace.
 */
static bool fastpath_is_bridged(const struct sk_buff *skb, unsigned int hook)
{
	if (hook == NF_INET_PRE_ROUTING)
		return nf_bridge_get_physinif(skb);
	return nf_bridge_get_physoutdev(skb);
}

/* Whether routing will surely deliver a packet here rather than forward it. */
static bool fastpath_is_for_us_ipv4(const struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct in_device *in_dev = __in_dev_get_rcu(state->in);
	__be32 daddr = ip_hdr(skb)->daddr;

	if (ipv4_is_multicast(daddr))
		return ipv4_is_local_multicast(daddr);
	if (!in_dev || !IN_DEV_FORWARD(in_dev))
		return true;
	return ipv4_is_lbcast(daddr) || __ip_dev_find(state->net, daddr, false);
}

static bool fastpath_is_for_us_ipv6(const struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;

	if (ipv6_addr_is_multicast(daddr))
		return IPV6_ADDR_MC_SCOPE(daddr) <= IPV6_ADDR_SCOPE_LINKLOCAL;
	if (!ipv6_forwards(state->net, state->in))
		return true;
	return ipv6_chk_addr(state->net, daddr, NULL, 0);
}

/*
 * Whether a packet on its way out was forwarded. ip6_forward() leaves no flag,
 * but what was received keeps the interface, and what is sent from here, also
 * around a packet that was received, starts from an empty control block.
 */
static __always_inline bool fastpath_is_forwarded(const struct sk_buff *skb, u8 pf)
{
	return pf == NFPROTO_IPV4 ? IPCB(skb)->flags & IPSKB_FORWARDED :
				    IP6CB(skb)->iif;
}

static __always_inline bool
fastpath_is_transit(const struct sk_buff *skb,
		    const struct nf_hook_state *state, unsigned int hook, u8 pf)
{
	switch (hook) {
	case NF_INET_PRE_ROUTING:
		if (fastpath_is_bridged(skb, hook))
			return true;
		return pf == NFPROTO_IPV4 ? !fastpath_is_for_us_ipv4(skb, state) :
					    !fastpath_is_for_us_ipv6(skb, state);
	case NF_INET_POST_ROUTING:
		return fastpath_is_bridged(skb, hook) || fastpath_is_forwarded(skb, pf);
	default:
		return false;
	}
}

/* The destination port, 0 without one. UDP and TCP have it at the same place. */
static __be16 fastpath_dest(const struct sk_buff *skb, int offset)
{
	const __be16 *dest;
	__be16 buffer;

	BUILD_BUG_ON(offsetof(struct udphdr, dest) != offsetof(struct tcphdr, dest));
	dest = skb_header_pointer(skb, offset + offsetof(struct udphdr, dest),
				  sizeof(buffer), &buffer);
	return dest ? *dest : 0;
}

static bool fastpath_is_stt(const struct sk_buff *skb, u8 protocol, int offset)
{
	return protocol == IPPROTO_TCP && fastpath_dest(skb, offset) == fastpath_stt;
}

static bool fastpath_is_tunnel(const struct sk_buff *skb, u8 protocol, int offset)
{
	__be16 dest;

	if (protocol != IPPROTO_UDP)
		return fastpath_is_stt(skb, protocol, offset);
	dest = fastpath_dest(skb, offset);
	return dest == fastpath_geneve || dest == fastpath_vxlan;
}

/*
 * Finds the transport header of an IPv6 packet. A routing header may send the
 * packet on from here, so such a packet is in transit.
 */
static enum fastpath_outcome fastpath_skip_exthdr(const struct sk_buff *skb,
						  u8 *protocol, int *offset)
{
	struct ipv6_opt_hdr buffer;
	const struct ipv6_opt_hdr *header;

	while (ipv6_ext_hdr(*protocol) && *protocol != NEXTHDR_NONE) {
		if (*protocol == NEXTHDR_FRAGMENT)
			return FASTPATH_FRAGMENT;
		if (*protocol == NEXTHDR_ROUTING)
			return FASTPATH_TRANSIT;
		header = skb_header_pointer(skb, *offset, sizeof(buffer), &buffer);
		if (!header)
			return FASTPATH_OTHER;
		*offset += *protocol == NEXTHDR_AUTH ? ipv6_authlen(header) :
						       ipv6_optlen(header);
		*protocol = header->nexthdr;
	}
	return FASTPATH_BYPASSED;
}

/*
 * VRFs and ipvlan in mode l3s run the hooks for packets that are theirs, and
 * some of their okfn only free the packet.
 */
static __always_inline bool fastpath_is_l3_domain(const struct nf_hook_state *state,
						  unsigned int hook)
{
	const struct net_device *dev;

	dev = hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN ?
	      state->in : state->out;
	return netif_is_l3_master(dev) || netif_has_l3_rx_handler(dev);
}

static __always_inline enum fastpath_outcome
fastpath_judge(const struct fastpath_net *fp, const struct sk_buff *skb,
	       const struct nf_hook_state *state, unsigned int hook, u8 pf)
{
	enum fastpath_role role = READ_ONCE(fp->role);
	enum fastpath_outcome outcome;
	int offset;
	u8 protocol;

	if (role == FASTPATH_ROLE_OFF)
		return FASTPATH_OFF;
	if (role == FASTPATH_ROLE_POD) {
		outcome = fastpath_rules(fp, hook, pf);
		if (unlikely(outcome != FASTPATH_BYPASSED))
			return outcome;
		if (unlikely(READ_ONCE(fp->router)))
			return FASTPATH_ROUTER;
	}

	if (pf == NFPROTO_IPV4) {
		const struct iphdr *iph = ip_hdr(skb);

		if (unlikely(ip_is_fragment(iph)))
			return FASTPATH_FRAGMENT;
		protocol = iph->protocol;
		offset = skb_network_offset(skb) + iph->ihl * 4;
	} else {
		protocol = ipv6_hdr(skb)->nexthdr;
		offset = skb_network_offset(skb) + sizeof(struct ipv6hdr);
		outcome = fastpath_skip_exthdr(skb, &protocol, &offset);
		if (unlikely(outcome != FASTPATH_BYPASSED))
			return outcome;
	}

	if (role == FASTPATH_ROLE_NODE && !fastpath_is_tunnel(skb, protocol, offset))
		return FASTPATH_OTHER;
	/* Open vSwitch receives STT at LOCAL_IN, behind all rules. */
	if (role != FASTPATH_ROLE_POD && hook == NF_INET_LOCAL_IN &&
	    fastpath_is_stt(skb, protocol, offset))
		return FASTPATH_OTHER;
	if (unlikely(fastpath_is_l3_domain(state, hook)))
		return FASTPATH_OTHER;
	if (unlikely(fastpath_is_transit(skb, state, hook, pf)))
		return FASTPATH_TRANSIT;
	return FASTPATH_BYPASSED;
}

/*
 * Goes on behind the hook. An error of what is there travels in the verdict;
 * kernels that do not look for one take it for success, as with any packet that
 * a hook stole. A verdict cannot carry 1, which asks the caller to send the
 * packet that is gone by now.
 */
static __always_inline unsigned int
fastpath_bypass(struct sk_buff *skb, const struct nf_hook_state *state,
		unsigned int hook)
{
	int err = state->okfn(state->net, state->sk, skb);

	if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN)
		return NF_STOLEN;
	if (unlikely(err > 0 && err != NET_XMIT_CN))
		err = net_xmit_errno(err);
	return (unsigned int)-err << NF_VERDICT_QBITS | NF_STOLEN;
}

static __always_inline unsigned int
fastpath_hook(void *priv, struct sk_buff *skb,
	      const struct nf_hook_state *state, unsigned int hook, u8 pf)
{
	const struct fastpath_net *fp = priv;
	enum fastpath_outcome outcome;

	/*
	 * br_netfilter ends the second traversal of a packet that has been
	 * through this hook on its bridge already. Whether that happens before
	 * or behind us, depends on which module was loaded first.
	 */
	if (hook == NF_INET_PRE_ROUTING && unlikely(nf_bridge_get_physinif(skb)) &&
	    !nf_bridge_in_prerouting(skb))
		return NF_ACCEPT;

	outcome = fastpath_judge(fp, skb, state, hook, pf);
	this_cpu_inc(fp->cpu->count[hook][fastpath_family(pf)][outcome]);
	if (outcome != FASTPATH_BYPASSED)
		return NF_ACCEPT;
	return fastpath_bypass(skb, state, hook);
}

/*
 * The hooks
 */

static unsigned int fastpath_local_out_ipv4(void *priv, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_LOCAL_OUT, NFPROTO_IPV4);
}

static unsigned int fastpath_local_out_ipv6(void *priv, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_LOCAL_OUT, NFPROTO_IPV6);
}

static unsigned int fastpath_post_routing_ipv4(void *priv, struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_POST_ROUTING, NFPROTO_IPV4);
}

static unsigned int fastpath_post_routing_ipv6(void *priv, struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_POST_ROUTING, NFPROTO_IPV6);
}

static unsigned int fastpath_pre_routing_ipv4(void *priv, struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_PRE_ROUTING, NFPROTO_IPV4);
}

static unsigned int fastpath_pre_routing_ipv6(void *priv, struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_PRE_ROUTING, NFPROTO_IPV6);
}

static unsigned int fastpath_local_in_ipv4(void *priv, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_LOCAL_IN, NFPROTO_IPV4);
}

static unsigned int fastpath_local_in_ipv6(void *priv, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return fastpath_hook(priv, skb, state, NF_INET_LOCAL_IN, NFPROTO_IPV6);
}

/*
 * Last of its hook, so that the packet has passed all rules and really goes
 * from one interface to another.
 */
static unsigned int fastpath_forward(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct fastpath_net *fp = priv;

	if (!READ_ONCE(fp->router) && state->in != state->out &&
	    !fastpath_is_bridged(skb, NF_INET_FORWARD))
		WRITE_ONCE(fp->router, true);
	return NF_ACCEPT;
}

#define FASTPATH_HOOK(_hook, _pf, _hooknum, _priority)	\
	{						\
		.hook = _hook,				\
		.pf = _pf,				\
		.hooknum = _hooknum,			\
		.priority = _priority,			\
	}

/* FORWARD at the end: the host's namespace is never an endpoint. */
static const struct nf_hook_ops fastpath_ops[FASTPATH_OPS] = {
	FASTPATH_HOOK(fastpath_local_out_ipv4, NFPROTO_IPV4, NF_INET_LOCAL_OUT, INT_MIN),
	FASTPATH_HOOK(fastpath_local_out_ipv6, NFPROTO_IPV6, NF_INET_LOCAL_OUT, INT_MIN),
	FASTPATH_HOOK(fastpath_post_routing_ipv4, NFPROTO_IPV4, NF_INET_POST_ROUTING, INT_MIN),
	FASTPATH_HOOK(fastpath_post_routing_ipv6, NFPROTO_IPV6, NF_INET_POST_ROUTING, INT_MIN),
	FASTPATH_HOOK(fastpath_pre_routing_ipv4, NFPROTO_IPV4, NF_INET_PRE_ROUTING, INT_MIN),
	FASTPATH_HOOK(fastpath_pre_routing_ipv6, NFPROTO_IPV6, NF_INET_PRE_ROUTING, INT_MIN),
	FASTPATH_HOOK(fastpath_local_in_ipv4, NFPROTO_IPV4, NF_INET_LOCAL_IN, INT_MIN),
	FASTPATH_HOOK(fastpath_local_in_ipv6, NFPROTO_IPV6, NF_INET_LOCAL_IN, INT_MIN),
	FASTPATH_HOOK(fastpath_forward, NFPROTO_IPV4, NF_INET_FORWARD, INT_MAX),
	FASTPATH_HOOK(fastpath_forward, NFPROTO_IPV6, NF_INET_FORWARD, INT_MAX),
};

/*
 * net.kube_ovn_fastpath.mode
 */

static enum fastpath_role fastpath_find_role(const struct net *net,
					     enum fastpath_mode mode)
{
	switch (mode) {
	case FASTPATH_MODE_AUTO:
		return net_eq(net, &init_net) ? FASTPATH_ROLE_NODE : fastpath_pods;
	case FASTPATH_MODE_POD:
		return FASTPATH_ROLE_FORCED;
	case FASTPATH_MODE_NODE:
		return FASTPATH_ROLE_NODE;
	default:
		return FASTPATH_ROLE_OFF;
	}
}

static int fastpath_sysctl_mode(CTL_TABLE_CONST struct ctl_table *table, int write,
				SYSCTL_BUFFER *buffer, size_t *length, loff_t *position)
{
	struct fastpath_net *fp = table->data;
	char name[8];
	struct ctl_table string = { .data = name, .maxlen = sizeof(name) };
	int err, mode;

	if (write && !ns_capable(fp->net->user_ns, CAP_NET_ADMIN))
		return -EPERM;

	mutex_lock(&fp->lock);
	strscpy(name, fastpath_modes[fp->mode], sizeof(name));
	err = proc_dostring(&string, write, buffer, length, position);
	if (!err && write) {
		mode = match_string(fastpath_modes, ARRAY_SIZE(fastpath_modes), name);
		if (mode < 0) {
			err = -EINVAL;
		} else {
			fp->mode = mode;
			WRITE_ONCE(fp->role, fastpath_find_role(fp->net, mode));
		}
	}
	mutex_unlock(&fp->lock);
	return err;
}

/*
 * /proc/net/kube_ovn_fastpath
 */

static const struct {
	unsigned int hook;
	const char *name;
} fastpath_hooks[] = {
	{ NF_INET_LOCAL_OUT, "local_out" },
	{ NF_INET_POST_ROUTING, "post_routing" },
	{ NF_INET_PRE_ROUTING, "pre_routing" },
	{ NF_INET_LOCAL_IN, "local_in" },
};

static unsigned long fastpath_sum(const struct fastpath_net *fp, unsigned int hook,
				  unsigned int family, unsigned int outcome)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(fp->cpu, cpu)->count[hook][family][outcome]);
	return sum;
}

static const char *fastpath_reason(const struct fastpath_net *fp, bool *bypass)
{
	enum fastpath_outcome outcome;

	*bypass = true;
	switch (fp->role) {
	case FASTPATH_ROLE_NODE:
		return "tunnels";
	case FASTPATH_ROLE_FORCED:
		return "forced";
	case FASTPATH_ROLE_POD:
		rcu_read_lock();
		outcome = fastpath_find_rules(fp->net);
		rcu_read_unlock();
		if (outcome == FASTPATH_BYPASSED && READ_ONCE(fp->router))
			outcome = FASTPATH_ROUTER;
		if (outcome == FASTPATH_BYPASSED)
			return "endpoint";
		*bypass = false;
		return fastpath_outcomes[outcome];
	default:
		*bypass = false;
		return fastpath_outcomes[FASTPATH_OFF];
	}
}

static void fastpath_show_hook(struct seq_file *seq, const struct fastpath_net *fp,
			       unsigned int hook, unsigned int family)
{
	unsigned long count[FASTPATH_OUTCOMES], seen = 0;
	unsigned int i;

	for (i = 0; i < FASTPATH_OUTCOMES; i++) {
		count[i] = fastpath_sum(fp, hook, family, i) - fp->zero[hook][family][i];
		seen += count[i];
	}
	seq_printf(seq, " seen %lu", seen);
	for (i = 0; i < FASTPATH_OUTCOMES; i++)
		seq_printf(seq, " %s %lu", fastpath_outcomes[i], count[i]);
	seq_putc(seq, '\n');
}

static int fastpath_proc_show(struct seq_file *seq, void *v)
{
	static const char * const roles[] = {
		[FASTPATH_ROLE_OFF] = "off",
		[FASTPATH_ROLE_NODE] = "node",
		[FASTPATH_ROLE_POD] = "pod",
		[FASTPATH_ROLE_FORCED] = "pod",
	};
	struct fastpath_net *fp = net_generic(seq_file_single_net(seq), fastpath_net_id);
	const char *reason;
	unsigned int i;
	bool bypass;

	mutex_lock(&fp->lock);
	reason = fastpath_reason(fp, &bypass);
	seq_printf(seq, "mode %s\nrole %s\nbypass %s\nreason %s\n",
		   fastpath_modes[fp->mode], roles[fp->role],
		   bypass ? "yes" : "no", reason);
	for (i = 0; i < ARRAY_SIZE(fastpath_hooks); i++) {
		seq_printf(seq, "%s ipv4", fastpath_hooks[i].name);
		fastpath_show_hook(seq, fp, fastpath_hooks[i].hook, FASTPATH_IPV4);
		seq_printf(seq, "%s ipv6", fastpath_hooks[i].name);
		fastpath_show_hook(seq, fp, fastpath_hooks[i].hook, FASTPATH_IPV6);
	}
	mutex_unlock(&fp->lock);
	return 0;
}

/*
 * Counts go on while they are zeroed, so they are not touched; what is shown
 * starts from here.
 */
static void fastpath_reset(struct fastpath_net *fp)
{
	unsigned int hook, family, outcome;

	mutex_lock(&fp->lock);
	for (hook = 0; hook < FASTPATH_HOOKS; hook++)
		for (family = 0; family < FASTPATH_FAMILIES; family++)
			for (outcome = 0; outcome < FASTPATH_OUTCOMES; outcome++)
				fp->zero[hook][family][outcome] =
					fastpath_sum(fp, hook, family, outcome);
	WRITE_ONCE(fp->router, false);
	mutex_unlock(&fp->lock);
}

static int fastpath_proc_write(struct file *file, char *text, size_t size)
{
	struct net *net = seq_file_single_net(file->private_data);

	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (!sysfs_streq(text, "reset"))
		return -EINVAL;
	fastpath_reset(net_generic(net, fastpath_net_id));
	return 0;
}

/*
 * A namespace
 */

static int __net_init fastpath_net_init(struct net *net)
{
	struct fastpath_net *fp = net_generic(net, fastpath_net_id);
	unsigned int i;
	int err = -ENOMEM;

	fp->net = net;
	fp->role = fastpath_find_role(net, FASTPATH_MODE_AUTO);
	mutex_init(&fp->lock);
	fp->cpu = alloc_percpu(struct fastpath_cpu);
	if (!fp->cpu)
		return err;

	fp->sysctl[0].procname = "mode";
	fp->sysctl[0].data = fp;
	fp->sysctl[0].maxlen = sizeof(fp->mode);
	fp->sysctl[0].mode = 0644;
	fp->sysctl[0].proc_handler = fastpath_sysctl_mode;
	fp->sysctl_header = register_net_sysctl_sz(net, "net/" FASTPATH_NAME, fp->sysctl, 1);
	if (!fp->sysctl_header)
		goto free_cpu;

	if (!proc_create_net_single_write(FASTPATH_NAME, 0644, net->proc_net,
					  fastpath_proc_show, fastpath_proc_write, NULL))
		goto unregister_sysctl;

	/* Last: from here on packets use all of the above. */
	memcpy(fp->ops, fastpath_ops, sizeof(fp->ops));
	for (i = 0; i < FASTPATH_OPS; i++)
		fp->ops[i].priv = fp;
	fp->n_ops = FASTPATH_OPS - (net_eq(net, &init_net) ? FASTPATH_FORWARD_OPS : 0);
	err = nf_register_net_hooks(net, fp->ops, fp->n_ops);
	if (err)
		goto remove_proc;
	return 0;

remove_proc:
	remove_proc_entry(FASTPATH_NAME, net->proc_net);
unregister_sysctl:
	unregister_net_sysctl_table(fp->sysctl_header);
free_cpu:
	/* Some hooks may have run before one was refused. */
	synchronize_rcu();
	free_percpu(fp->cpu);
	return err;
}

static void __net_exit fastpath_net_exit(struct net *net)
{
	struct fastpath_net *fp = net_generic(net, fastpath_net_id);

	nf_unregister_net_hooks(net, fp->ops, fp->n_ops);
	remove_proc_entry(FASTPATH_NAME, net->proc_net);
	unregister_net_sysctl_table(fp->sysctl_header);
}

/* What packets may still be using goes a grace period after the hooks. */
static void __net_exit fastpath_net_exit_batch(struct list_head *nets)
{
	struct fastpath_net *fp;
	struct net *net;

	synchronize_rcu();
	list_for_each_entry(net, nets, exit_list) {
		fp = net_generic(net, fastpath_net_id);
		free_percpu(fp->cpu);
	}
}

static struct pernet_operations fastpath_net_ops = {
	.init = fastpath_net_init,
	.exit = fastpath_net_exit,
	.exit_batch = fastpath_net_exit_batch,
	.id = &fastpath_net_id,
	.size = sizeof(struct fastpath_net),
};

/*
 * The module
 */

static int __init fastpath_parse_port(const char *name, const char *value, __be16 *port)
{
	u16 number;

	if (kstrtou16(value, 10, &number) || !number) {
		pr_err(FASTPATH_NAME ": %s=%s is not a port (1 to 65535), not loaded\n",
		       name, value);
		return -EINVAL;
	}
	*port = htons(number);
	return 0;
}

static int __init fastpath_parse_pods(void)
{
	if (!strcmp(pods, "auto")) {
		fastpath_pods = FASTPATH_ROLE_POD;
	} else if (!strcmp(pods, "on")) {
		fastpath_pods = FASTPATH_ROLE_FORCED;
	} else if (!strcmp(pods, "off")) {
		fastpath_pods = FASTPATH_ROLE_OFF;
	} else {
		pr_err(FASTPATH_NAME ": pods=%s is not auto, on or off, not loaded\n", pods);
		return -EINVAL;
	}
	return 0;
}

static int __init fastpath_init(void)
{
	unsigned int i;
	int err;

	err = fastpath_parse_port("geneve_port", geneve_port, &fastpath_geneve) ?:
	      fastpath_parse_port("vxlan_port", vxlan_port, &fastpath_vxlan) ?:
	      fastpath_parse_port("stt_port", stt_port, &fastpath_stt) ?:
	      fastpath_parse_pods() ?:
	      register_pernet_subsys(&fastpath_net_ops);
	if (err)
		return err;

	/* People look for these very lines, to the letter. */
	for (i = 0; i < ARRAY_SIZE(fastpath_hooks); i++)
		pr_info("init_module," FASTPATH_NAME "_%s\n", fastpath_hooks[i].name);
	return 0;
}

static void __exit fastpath_exit(void)
{
	unregister_pernet_subsys(&fastpath_net_ops);
}

module_init(fastpath_init);
module_exit(fastpath_exit);

MODULE_DESCRIPTION("Kube-OVN fastpath: lets packets of pods and tunnels skip netfilter hooks");
MODULE_AUTHOR("The ovnfast authors");
MODULE_LICENSE("GPL");
