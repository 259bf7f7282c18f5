// SPDX-License-Identifier: GPL-2.0
/*
 * Devices of a NIC: uplink, representors, VFs; what is sent and received by them.
 */
#define pr_fmt(format) KBUILD_MODNAME ": " format

#include <linux/ethtool.h>
#include <linux/if_arp.h>

#include "smartnic.h"

#define SN_FEATURES	(NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM | NETIF_F_RXCSUM |	\
			 NETIF_F_ALL_TSO | NETIF_F_GSO_UDP_L4 | NETIF_F_GSO_ENCAP_ALL)
#define SN_VLAN_FEATURES (NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX |		\
			  NETIF_F_HW_VLAN_STAG_TX | NETIF_F_HW_VLAN_STAG_RX)

struct sn_priv {
	struct sn_port *port;
};

static LIST_HEAD(sn_block_cbs);		/* of all ports; rtnl */

static struct sn_port *sn_priv_port(const struct net_device *dev)
{
	return ((struct sn_priv *)netdev_priv(dev))->port;
}

/*
 * Packets
 */

/*
 * From what a device is given to send to what another has received: nothing of the
 * sender's host is left in it, the outer VLAN tag is in skb->vlan_tci. NULL: it could
 * not be made so, and is freed.
 */
static struct sk_buff *sn_port_accept(struct sk_buff *skb, struct net_device *dev)
{
	if (skb_orphan_frags(skb, GFP_ATOMIC) || !pskb_may_pull(skb, ETH_HLEN)) {
		kfree_skb(skb);
		return NULL;
	}
	skb_scrub_packet(skb, true);
	skb->priority = 0;
	skb_set_queue_mapping(skb, 0);
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		skb->ip_summed = CHECKSUM_NONE;
	skb->protocol = eth_type_trans(skb, dev);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	if (!skb_vlan_tag_present(skb) && eth_type_vlan(skb->protocol))
		skb = skb_vlan_untag(skb);
	return skb;
}

/* Received by another device than before: what depends on it changes. */
static void sn_port_retarget(struct sk_buff *skb, struct net_device *dev)
{
	__skb_push(skb, skb->data - skb_mac_header(skb));
	skb->pkt_type = PACKET_HOST;
	skb->protocol = eth_type_trans(skb, dev);
}

/* Whether the frames that a packet is, or will be cut into, are within the MTU. */
static bool sn_port_fits(const struct sk_buff *skb, const struct net_device *dev)
{
	const unsigned int mtu = READ_ONCE(dev->mtu) +
				 (eth_type_vlan(skb->protocol) ? VLAN_HLEN : 0);

	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) : skb->len <= mtu;
}

static void sn_lose(struct sn_nic *nic, enum sn_stat stat, struct sk_buff *skb)
{
	sn_count(nic, stat, 1);
	kfree_skb(skb);
}

void sn_port_receive(struct sn_port *port, struct sk_buff *skb)
{
	struct net_device *dev = rcu_dereference(port->dev);
	const unsigned int length = skb->len + ETH_HLEN;

	if (!dev || !netif_running(dev) || !netif_carrier_ok(dev)) {
		sn_lose(port->nic, SN_LOST, skb);
		return;
	}
	skb->dev = dev;
	if (netif_rx(skb) == NET_RX_SUCCESS) {
		atomic64_inc(&port->rx_packets);
		atomic64_add(length, &port->rx_bytes);
	} else {
		atomic64_inc(&port->rx_dropped);
		sn_count(port->nic, SN_LOST, 1);
	}
}

/* Over the wire, to be looked at by the NIC at its other end. */
static void sn_wire_output(struct sn_run *run, struct sn_port *port, struct sk_buff *skb, u8 hops)
{
	struct net_device *dev = rcu_dereference(port->dev);
	struct sn_port *peer = port->peer;
	struct net_device *far = peer ? rcu_dereference(peer->dev) : NULL;

	if (!dev || !netif_running(dev) || !netif_carrier_ok(dev) ||
	    !far || !netif_running(far)) {
		sn_lose(port->nic, SN_LOST, skb);
		return;
	}
	if (!sn_port_fits(skb, dev)) {
		sn_lose(port->nic, SN_TOO_LONG, skb);
		return;
	}
	if (hops >= SN_MAX_HOPS) {
		sn_lose(port->nic, SN_LOOPED, skb);
		return;
	}
	sn_port_retarget(skb, far);
	sn_count(port->nic, SN_WIRE_TX, 1);
	sn_count(peer->nic, SN_WIRE_RX, 1);
	SN_CB(skb)->in = peer;
	SN_CB(skb)->hops = hops + 1;
	__skb_queue_tail(&run->todo, skb);
}

void sn_port_output(struct sn_run *run, struct sn_port *port, struct sk_buff *skb, u8 hops)
{
	struct net_device *dev;

	if (port->kind == SN_UPLINK) {
		sn_wire_output(run, port, skb, hops);
		return;
	}
	dev = rcu_dereference(port->peer->dev);
	if (!dev) {
		sn_lose(port->nic, SN_LOST, skb);
		return;
	}
	if (!sn_port_fits(skb, dev)) {
		sn_lose(port->nic, SN_TOO_LONG, skb);
		return;
	}
	sn_port_retarget(skb, dev);
	sn_port_receive(port->peer, skb);
}

static void sn_xmit_count(struct sn_port *port, const struct sk_buff *skb)
{
	atomic64_inc(&port->tx_packets);
	atomic64_add(skb->len, &port->tx_bytes);
}

static netdev_tx_t sn_vf_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sn_port *port = sn_priv_port(dev);
	struct net_device *representor;

	sn_xmit_count(port, skb);
	rcu_read_lock();
	representor = rcu_dereference(port->peer->dev);
	if (representor)
		skb = sn_port_accept(skb, representor);
	if (representor && skb) {
		sn_run_input(port->peer, skb);
	} else {
		atomic64_inc(&port->tx_dropped);
		kfree_skb(skb);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* What the host sends by a representor or the uplink leaves by it, without rules. */
static netdev_tx_t sn_host_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sn_port *port = sn_priv_port(dev);

	sn_xmit_count(port, skb);
	skb = sn_port_accept(skb, dev);
	if (skb)
		sn_run_output(port, skb);
	else
		atomic64_inc(&port->tx_dropped);
	return NETDEV_TX_OK;
}

static void sn_get_stats(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct sn_port *port = sn_priv_port(dev);

	stats->rx_packets = atomic64_read(&port->rx_packets);
	stats->rx_bytes = atomic64_read(&port->rx_bytes);
	stats->rx_dropped = atomic64_read(&port->rx_dropped);
	stats->tx_packets = atomic64_read(&port->tx_packets);
	stats->tx_bytes = atomic64_read(&port->tx_bytes);
	stats->tx_dropped = atomic64_read(&port->tx_dropped);
}

/*
 * Link: a VF has one while its representor is up, a representor while its VF is
 * plugged, an uplink while both ends of its wire are told so
 */

static void sn_carrier(struct net_device *dev, bool on)
{
	if (!dev)
		return;
	if (on)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
}

void sn_link_update(struct sn_nic *nic)
{
	struct sn_port *far = nic->uplink.peer;
	const bool on = far && nic->link && far->nic->link;

	ASSERT_RTNL();
	sn_carrier(rtnl_dereference(nic->uplink.dev), on);
	if (far)
		sn_carrier(rtnl_dereference(far->dev), on);
}

static int sn_open(struct net_device *dev)
{
	struct sn_port *port = sn_priv_port(dev);

	if (port->kind == SN_REPRESENTOR)
		sn_carrier(rtnl_dereference(port->peer->dev), true);
	netif_start_queue(dev);
	return 0;
}

static int sn_stop(struct net_device *dev)
{
	struct sn_port *port = sn_priv_port(dev);

	netif_stop_queue(dev);
	if (port->kind == SN_REPRESENTOR)
		sn_carrier(rtnl_dereference(port->peer->dev), false);
	return 0;
}

/*
 * What switchdev and tc ask for
 */

static int sn_get_port_parent_id(struct net_device *dev, struct netdev_phys_item_id *id)
{
	id->id_len = ETH_ALEN;
	sn_address(id->id, sn_priv_port(dev)->nic, 0);
	return 0;
}

static int sn_get_phys_port_name(struct net_device *dev, char *name, size_t size)
{
	struct sn_port *port = sn_priv_port(dev);
	int length;

	if (port->kind == SN_UPLINK)
		length = snprintf(name, size, "p0");
	else
		length = snprintf(name, size, "pf0vf%u", port->vf);
	return length < size ? 0 : -EINVAL;
}

static int sn_setup_tc(struct net_device *dev, enum tc_setup_type type, void *type_data)
{
	struct sn_port *port = sn_priv_port(dev);

	if (type != TC_SETUP_BLOCK)
		return -EOPNOTSUPP;
	return flow_block_cb_setup_simple(type_data, &sn_block_cbs, sn_block_cb, port,
					  &port->block, true);
}

static int sn_set_features(struct net_device *dev, netdev_features_t features)
{
	struct sn_port *port = sn_priv_port(dev);
	bool used;

	if (!(dev->features & ~features & NETIF_F_HW_TC))
		return 0;
	mutex_lock(&port->nic->lock);
	used = !list_empty(&port->block.rules);
	mutex_unlock(&port->nic->lock);
	if (used)
		netdev_err(dev, "hw-tc-offload stays on: there are rules in the table\n");
	return used ? -EBUSY : 0;
}

static int sn_set_vf_mac(struct net_device *dev, int vf, u8 *mac)
{
	struct sn_nic *nic = sn_priv_port(dev)->nic;
	struct sockaddr_storage address = { .ss_family = ARPHRD_ETHER };
	struct net_device *vf_dev;

	if (vf < 0 || vf >= nic->n_vfs || !is_valid_ether_addr(mac))
		return -EINVAL;
	vf_dev = rtnl_dereference(nic->vfs[vf].dev);
	if (!vf_dev)
		return -ENODEV;
	ether_addr_copy(((struct sockaddr *)&address)->sa_data, mac);
	return sn_change_address(vf_dev, &address);
}

static void sn_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	struct sn_port *port = sn_priv_port(dev);

	strscpy(info->driver, SN_NAME, sizeof(info->driver));
	snprintf(info->bus_info, sizeof(info->bus_info), "nic%u", port->nic->id);
}

static int sn_get_link_ksettings(struct net_device *dev, struct ethtool_link_ksettings *settings)
{
	settings->base.speed = SPEED_25000;
	settings->base.duplex = DUPLEX_FULL;
	settings->base.port = PORT_OTHER;
	settings->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

static const struct ethtool_ops sn_ethtool_ops = {
	.get_drvinfo = sn_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = sn_get_link_ksettings,
};

#define SN_COMMON_OPS					\
	.ndo_open = sn_open,				\
	.ndo_stop = sn_stop,				\
	.ndo_get_stats64 = sn_get_stats,		\
	.ndo_set_mac_address = eth_mac_addr,		\
	.ndo_validate_addr = eth_validate_addr,		\
	.ndo_features_check = passthru_features_check

#define SN_SWITCHDEV_OPS				\
	SN_COMMON_OPS,					\
	.ndo_start_xmit = sn_host_xmit,			\
	.ndo_get_port_parent_id = sn_get_port_parent_id,\
	.ndo_get_phys_port_name = sn_get_phys_port_name,\
	.ndo_setup_tc = sn_setup_tc,			\
	.ndo_set_features = sn_set_features

static const struct net_device_ops sn_vf_ops = {
	SN_COMMON_OPS,
	.ndo_start_xmit = sn_vf_xmit,
};

static const struct net_device_ops sn_representor_ops = {
	SN_SWITCHDEV_OPS,
};

static const struct net_device_ops sn_uplink_ops = {
	SN_SWITCHDEV_OPS,
	.ndo_set_vf_mac = sn_set_vf_mac,
};

struct sn_port *sn_port_of(const struct net_device *dev)
{
	return dev->netdev_ops == &sn_representor_ops || dev->netdev_ops == &sn_uplink_ops ?
		       sn_priv_port(dev) : NULL;
}

/*
 * Devices come and go
 */

static void sn_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE;
	dev->max_mtu = ETH_MAX_MTU;
	dev->needs_free_netdev = true;
	dev->ethtool_ops = &sn_ethtool_ops;
	dev->features |= SN_FEATURES | SN_VLAN_FEATURES;
	dev->hw_features = SN_FEATURES;
	dev->vlan_features = SN_FEATURES;
	dev->hw_enc_features = SN_FEATURES;
	dev->mpls_features = SN_FEATURES;
	sn_set_lockless(dev);
}

static int sn_port_create(struct sn_port *port)
{
	static const struct net_device_ops * const ops[] = {
		[SN_UPLINK] = &sn_uplink_ops,
		[SN_REPRESENTOR] = &sn_representor_ops,
		[SN_VF] = &sn_vf_ops,
	};
	struct sn_nic *nic = port->nic;
	char name[IFNAMSIZ];
	struct net_device *dev;
	u8 address[ETH_ALEN];
	int err;

	ASSERT_RTNL();
	if (port->kind == SN_UPLINK)
		snprintf(name, sizeof(name), "sn%u", nic->id);
	else
		snprintf(name, sizeof(name), "sn%u%c%u", nic->id,
			 port->kind == SN_VF ? 'v' : 'r', port->vf);
	dev = alloc_netdev(sizeof(struct sn_priv), name, NET_NAME_ENUM, sn_setup);
	if (!dev)
		return -ENOMEM;
	((struct sn_priv *)netdev_priv(dev))->port = port;
	sn_address(address, nic, port->kind == SN_UPLINK ? 1 :
				 (port->kind == SN_VF ? 0x40 : 0x80) + port->vf);
	sn_set_address(dev, address);
	dev->netdev_ops = ops[port->kind];
	if (port->kind != SN_VF) {
		dev->features |= NETIF_F_HW_TC;
		dev->hw_features |= NETIF_F_HW_TC;
		sn_block_init(&port->block, nic, dev, false);
	}
	netif_carrier_off(dev);
	err = register_netdevice(dev);
	if (err) {
		pr_err("cannot make %s: error %d\n", name, err);
		free_netdev(dev);
		return err;
	}
	rcu_assign_pointer(port->dev, dev);
	return 0;
}

/* The device goes when rtnl is given back, or with the list. */
static void sn_port_destroy(struct sn_port *port, struct list_head *list)
{
	struct net_device *dev = rtnl_dereference(port->dev);

	if (!dev)
		return;
	RCU_INIT_POINTER(port->dev, NULL);
	unregister_netdevice_queue(dev, list);
}

int sn_vf_plug(struct sn_nic *nic, unsigned int vf)
{
	struct net_device *representor;
	int err = -EEXIST;

	rtnl_lock();
	if (!rtnl_dereference(nic->vfs[vf].dev))
		err = sn_port_create(&nic->vfs[vf]);
	if (!err) {
		representor = rtnl_dereference(nic->representors[vf].dev);
		sn_carrier(representor, true);
		sn_carrier(rtnl_dereference(nic->vfs[vf].dev), netif_running(representor));
	}
	rtnl_unlock();
	return err;
}

int sn_vf_unplug(struct sn_nic *nic, unsigned int vf)
{
	int err = -ENODEV;

	rtnl_lock();
	if (rtnl_dereference(nic->vfs[vf].dev)) {
		sn_carrier(rtnl_dereference(nic->representors[vf].dev), false);
		sn_port_destroy(&nic->vfs[vf], NULL);
		err = 0;
	}
	rtnl_unlock();
	return err;
}

int sn_ports_create(struct sn_nic *nic)
{
	unsigned int i;
	int err;

	rtnl_lock();
	err = sn_port_create(&nic->uplink);
	for (i = 0; !err && i < nic->n_vfs; i++) {
		err = sn_port_create(&nic->representors[i]);
		if (!err)
			err = sn_port_create(&nic->vfs[i]);
		if (!err)
			sn_carrier(rtnl_dereference(nic->representors[i].dev), true);
	}
	if (!err)
		sn_link_update(nic);
	rtnl_unlock();
	return err;
}

void sn_ports_destroy(struct sn_nic *nic)
{
	unsigned int i;
	LIST_HEAD(list);

	rtnl_lock();
	for (i = 0; i < nic->n_vfs; i++) {
		sn_port_destroy(&nic->vfs[i], &list);
		sn_port_destroy(&nic->representors[i], &list);
	}
	sn_port_destroy(&nic->uplink, &list);
	unregister_netdevice_many(&list);
	rtnl_unlock();
}
