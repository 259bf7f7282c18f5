// SPDX-License-Identifier: GPL-2.0
/*
 * Tunnel devices and their rules.
 *
 * A Geneve or VXLAN device is not the NIC's, so the kernel tells the NIC of the
 * filters on it by an indirect block. The device belongs to the NICs whose uplink
 * is in the network namespace that its packets come from; a rule goes to the NIC
 * whose port it names, one that names none (a drop, a goto) to all of them.
 */
#include "smartnic.h"

#include <linux/slab.h>
#include <net/netlink.h>

#include "tunnel.h"

static DEFINE_MUTEX(sn_tunnels_lock);	/* for changes; inside of rtnl and the lock of indirect blocks */
static LIST_HEAD(sn_tunnels);		/* RCU */
static LIST_HEAD(sn_tunnel_cbs);	/* as flow_block_cb.driver_list wants one */
static struct sn_nic *sn_tunnel_nics[SN_MAX_NICS];
static bool sn_tunnels_registered;

static bool sn_tunnel_attr(const struct nlattr *attr, bool vxlan, struct sn_tunnel_config *config,
			   bool *external)
{
	if (vxlan) {
		switch (nla_type(attr)) {
		case IFLA_VXLAN_PORT:
			config->port = nla_get_be16(attr);
			break;
		case IFLA_VXLAN_UDP_ZERO_CSUM6_RX:
			config->zero_csum6 = nla_get_u8(attr);
			break;
		case IFLA_VXLAN_COLLECT_METADATA:
			*external = nla_get_u8(attr);
			break;
		case IFLA_VXLAN_GPE:
			return false;
		}
	} else {
		switch (nla_type(attr)) {
		case IFLA_GENEVE_PORT:
			config->port = nla_get_be16(attr);
			break;
		case IFLA_GENEVE_UDP_ZERO_CSUM6_RX:
			config->zero_csum6 = nla_get_u8(attr);
			break;
		case IFLA_GENEVE_COLLECT_METADATA:
			*external = true;
			break;
		}
	}
	return true;
}

/* What "ip link" shows of the device: there is no other way to the port of a Geneve device. */
int sn_tunnel_config(struct net_device *dev, struct sn_tunnel_config *config,
		     struct netlink_ext_ack *extack)
{
	const struct rtnl_link_ops *ops = dev->rtnl_link_ops;
	bool ethernet = true, external = false;
	const struct nlattr *attr;
	struct sk_buff *info;
	int rest, err;

	config->vxlan = netif_is_vxlan(dev);
	if ((!config->vxlan && !netif_is_geneve(dev)) || !ops->fill_info) {
		NL_SET_ERR_MSG_MOD(extack, "the device is no Geneve or VXLAN tunnel");
		return -EOPNOTSUPP;
	}
	/* Geneve does not tell: a device that was moved is taken for one of where it is. */
	config->net = ops->get_link_net ? ops->get_link_net(dev) : dev_net(dev);
	config->zero_csum6 = false;
	config->port = 0;

	info = alloc_skb(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	err = ops->fill_info(info, dev);
	nla_for_each_attr(attr, (struct nlattr *)info->data, info->len, rest)
		ethernet &= sn_tunnel_attr(attr, config->vxlan, config, &external);
	kfree_skb(info);

	if (err || !config->port || !ethernet || !external) {
		NL_SET_ERR_MSG_MOD(extack, "only tunnels that are external, and of Ethernet, are supported");
		return -EOPNOTSUPP;
	}
	return 0;
}

/*
 * Blocks
 */

/* The NIC whose port a rule sends to; NULL if it names none. */
static struct sn_nic *sn_tunnel_owner(const struct flow_rule *flow)
{
	const struct flow_action_entry *entry;
	struct sn_port *port;
	int i;

	flow_action_for_each(i, entry, &flow->action) {
		if (entry->id != FLOW_ACTION_REDIRECT && entry->id != FLOW_ACTION_MIRRED)
			continue;
		port = sn_port_of(entry->dev);
		if (port)
			return port->nic;
	}
	return NULL;
}

static bool sn_tunnel_is_of(const struct sn_tunnel *tunnel, const struct sn_nic *nic)
{
	bool same;

	rcu_read_lock();
	same = net_eq(tunnel->config.net, dev_net(rcu_dereference(nic->uplink.dev)));
	rcu_read_unlock();
	return same;
}

static int sn_tunnel_replace(struct sn_tunnel *tunnel, struct flow_cls_offload *cls)
{
	struct sn_nic *owner = sn_tunnel_owner(flow_cls_offload_flow_rule(cls));
	bool taken = false, asked = false;
	int i, err, first = 0;

	for (i = 0; i < SN_MAX_NICS; i++) {
		struct sn_nic *nic = sn_tunnel_nics[i];

		if (!nic || (owner && nic != owner) || !sn_tunnel_is_of(tunnel, nic))
			continue;
		asked = true;
		err = sn_block_cb(TC_SETUP_CLSFLOWER, cls, &tunnel->blocks[i]);
		if (!err)
			taken = true;
		else if (!first)
			first = err;
	}
	if (!asked) {
		NL_SET_ERR_MSG_MOD(cls->common.extack,
				   "the tunnel is in another network namespace than the uplink");
		return -EOPNOTSUPP;
	}
	return taken ? 0 : first;
}

static int sn_tunnel_cb(enum tc_setup_type type, void *type_data, void *priv)
{
	struct flow_cls_offload *cls = type_data;
	struct sn_tunnel *tunnel = priv;
	bool found = false;
	int i, err;

	if (type != TC_SETUP_CLSFLOWER)
		return -EOPNOTSUPP;
	if (cls->command == FLOW_CLS_REPLACE)
		return sn_tunnel_replace(tunnel, cls);

	for (i = 0; i < SN_MAX_NICS; i++) {
		if (!sn_tunnel_nics[i])
			continue;
		err = sn_block_cb(type, type_data, &tunnel->blocks[i]);
		if (!err)
			found = true;
		else if (err != -ENOENT)
			return err;
	}
	return found ? 0 : -ENOENT;
}

struct sn_tunnel *sn_tunnel_lookup(const struct net *net, __be16 port)
{
	struct sn_tunnel *tunnel;

	list_for_each_entry_rcu(tunnel, &sn_tunnels, list) {
		if (tunnel->config.port == port && net_eq(tunnel->config.net, net) &&
		    netif_running(tunnel->dev))
			return tunnel;
	}
	return NULL;
}

/* When the block is unbound, after the destruction of its rules. */
static void sn_tunnel_release(void *priv)
{
	struct sn_tunnel *tunnel = priv;
	int i;

	mutex_lock(&sn_tunnels_lock);
	list_del_rcu(&tunnel->list);
	for (i = 0; i < SN_MAX_NICS; i++) {
		if (sn_tunnel_nics[i])
			sn_block_flush(&tunnel->blocks[i]);
	}
	mutex_unlock(&sn_tunnels_lock);
	kfree_rcu(tunnel, rcu);
}

static struct sn_tunnel *sn_tunnel_find(const struct net_device *dev)
{
	struct sn_tunnel *tunnel, *found = NULL;

	mutex_lock(&sn_tunnels_lock);
	list_for_each_entry(tunnel, &sn_tunnels, list) {
		if (tunnel->dev == dev)
			found = tunnel;
	}
	mutex_unlock(&sn_tunnels_lock);
	return found;
}

static struct sn_tunnel *sn_tunnel_create(struct net_device *dev)
{
	struct sn_tunnel *tunnel;
	int i, err;

	tunnel = kzalloc(sizeof(*tunnel), GFP_KERNEL);
	if (!tunnel)
		return ERR_PTR(-ENOMEM);
	tunnel->dev = dev;
	/* Whoever adds a qdisc did not ask for an offload: no reason is told. */
	err = sn_tunnel_config(dev, &tunnel->config, NULL);
	if (err) {
		kfree(tunnel);
		return ERR_PTR(err);
	}

	mutex_lock(&sn_tunnels_lock);
	for (i = 0; i < SN_MAX_NICS; i++) {
		if (sn_tunnel_nics[i])
			sn_block_init(&tunnel->blocks[i], sn_tunnel_nics[i], dev, true);
	}
	list_add_tail_rcu(&tunnel->list, &sn_tunnels);
	mutex_unlock(&sn_tunnels_lock);
	return tunnel;
}

/*
 * Indirect blocks: what the kernel asks whether somebody else wants a device's filters.
 */

#if KERNEL_BEFORE(5, 10) && !defined(RHEL_RELEASE_CODE)
/* 5.7 asks in another way, 5.8 and 5.9 in two more: no decapsulation there. */
#define SN_INDR_NONE
#elif KERNEL_BEFORE(4, 19)
#if RHEL_RELEASE_CODE < RHEL_RELEASE_VERSION(8, 4)
/* Block and callback are tied by the kernel itself. */
#define SN_INDR_OLD
#endif
#endif

struct sn_indr {
	struct net_device *dev;
	struct Qdisc *sch;
	enum tc_setup_type type;
	struct flow_block_offload *offload;
	void *data;
	void (*cleanup)(struct flow_block_cb *block_cb);
};

#ifndef SN_INDR_NONE

static struct flow_block_cb *sn_indr_alloc(struct sn_tunnel *tunnel, const struct sn_indr *indr)
{
#ifdef SN_INDR_OLD
	return flow_block_cb_alloc(sn_tunnel_cb, tunnel, tunnel, sn_tunnel_release);
#else
	return flow_indr_block_cb_alloc(sn_tunnel_cb, tunnel, tunnel, sn_tunnel_release,
					indr->offload, indr->dev, indr->sch, indr->data,
					&sn_tunnels, indr->cleanup);
#endif
}

static void sn_indr_remove(struct flow_block_cb *block_cb, struct flow_block_offload *offload)
{
#ifdef SN_INDR_OLD
	flow_block_cb_remove(block_cb, offload);
#else
	flow_indr_block_cb_remove(block_cb, offload);
#endif
	list_del(&block_cb->driver_list);
}

static int sn_indr_bind(const struct sn_indr *indr)
{
	struct flow_block_cb *block_cb;
	struct sn_tunnel *tunnel;

	if (sn_tunnel_find(indr->dev))
		return -EEXIST;
	tunnel = sn_tunnel_create(indr->dev);
	if (IS_ERR(tunnel))
		return PTR_ERR(tunnel);
	block_cb = sn_indr_alloc(tunnel, indr);
	if (IS_ERR(block_cb)) {
		sn_tunnel_release(tunnel);
		return PTR_ERR(block_cb);
	}
	flow_block_cb_add(block_cb, indr->offload);
	list_add_tail(&block_cb->driver_list, &sn_tunnel_cbs);
	return 0;
}

static int sn_indr_unbind(const struct sn_indr *indr)
{
	struct sn_tunnel *tunnel = sn_tunnel_find(indr->dev);
	struct flow_block_cb *block_cb;

	if (!tunnel)
		return -ENOENT;
	block_cb = flow_block_cb_lookup(indr->offload->block, sn_tunnel_cb, tunnel);
	if (!block_cb)
		return -ENOENT;
	sn_indr_remove(block_cb, indr->offload);
	return 0;
}

static int sn_indr_setup(const struct sn_indr *indr)
{
	/* Actions that belong to no filter come without a device. */
	if (!indr->dev || indr->type != TC_SETUP_BLOCK ||
	    indr->offload->binder_type != FLOW_BLOCK_BINDER_TYPE_CLSACT_INGRESS ||
	    (!netif_is_geneve(indr->dev) && !netif_is_vxlan(indr->dev)))
		return -EOPNOTSUPP;

	indr->offload->driver_block_list = &sn_tunnel_cbs;
	switch (indr->offload->command) {
	case FLOW_BLOCK_BIND:
		return sn_indr_bind(indr);
	case FLOW_BLOCK_UNBIND:
		return sn_indr_unbind(indr);
	default:
		return -EOPNOTSUPP;
	}
}

#ifdef SN_INDR_OLD

static int sn_indr_cb(struct net_device *dev, void *priv, enum tc_setup_type type, void *type_data)
{
	struct sn_indr indr = { .dev = dev, .type = type, .offload = type_data };

	return sn_indr_setup(&indr);
}

static int sn_indr_register(void)
{
	return flow_indr_dev_register(sn_indr_cb, &sn_tunnels);
}

/* The kernel unbinds one block at a time, whose private data it is told as the device's. */
static void sn_indr_unregister(void)
{
	struct sn_tunnel *tunnel;

	flow_indr_dev_unregister(sn_indr_cb, &sn_tunnels, sn_tunnel_cb);
	while (!list_empty(&sn_tunnels)) {
		tunnel = list_first_entry(&sn_tunnels, struct sn_tunnel, list);
		if (flow_indr_dev_register(sn_indr_cb, tunnel))
			continue;
		flow_indr_dev_unregister(sn_indr_cb, tunnel, sn_tunnel_cb);
	}
}

#else /* SN_INDR_OLD */

static int sn_indr_cb(struct net_device *dev, struct Qdisc *sch, void *priv,
		      enum tc_setup_type type, void *type_data, void *data,
		      void (*cleanup)(struct flow_block_cb *block_cb))
{
	struct sn_indr indr = {
		.dev = dev,
		.sch = sch,
		.type = type,
		.offload = type_data,
		.data = data,
		.cleanup = cleanup,
	};

	return sn_indr_setup(&indr);
}

static int sn_indr_register(void)
{
	return flow_indr_dev_register(sn_indr_cb, &sn_tunnels);
}

static void sn_indr_unregister(void)
{
	flow_indr_dev_unregister(sn_indr_cb, &sn_tunnels, sn_tunnel_release);
}

#endif /* SN_INDR_OLD */

#else /* SN_INDR_NONE */

static int sn_indr_register(void)
{
	return 0;
}

static void sn_indr_unregister(void)
{
}

#endif /* SN_INDR_NONE */

int sn_tunnels_create(struct sn_nic *nic)
{
	struct sn_tunnel *tunnel;
	int err;

	mutex_lock(&sn_tunnels_lock);
	list_for_each_entry(tunnel, &sn_tunnels, list)
		sn_block_init(&tunnel->blocks[nic->id], nic, tunnel->dev, true);
	/* Whoever sees the NIC sees its blocks. */
	smp_store_release(&sn_tunnel_nics[nic->id], nic);
	mutex_unlock(&sn_tunnels_lock);

	if (sn_tunnels_registered)
		return 0;
	err = sn_indr_register();
	if (err)
		sn_tunnel_nics[nic->id] = NULL;
	else
		sn_tunnels_registered = true;
	return err;
}

/* NICs come and go together, so the first that goes unbinds the tunnels of all. */
void sn_tunnels_destroy(struct sn_nic *nic)
{
	if (sn_tunnels_registered)
		sn_indr_unregister();
	sn_tunnels_registered = false;
	sn_tunnel_nics[nic->id] = NULL;
}

int sn_tunnel_check(const struct sn_block *block, const struct sn_key *key,
		    const struct sn_key *mask, struct netlink_ext_ack *extack)
{
	if (mask->enc_control.flags) {
		NL_SET_ERR_MSG_MOD(extack, "flags of the tunnel (enc_flags) are not supported");
		return -EOPNOTSUPP;
	}
	return 0;
}
