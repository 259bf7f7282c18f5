/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that the module is for: el8.3 (4.18.0-240)
 * and everything from 5.8 on. RHEL kernels are told apart by RHEL_RELEASE_CODE,
 * for they are not what their version number says.
 *
 * Included by smartnic.h, after all other headers.
 */
#ifndef OVNFAST_SMARTNIC_COMPAT_H
#define OVNFAST_SMARTNIC_COMPAT_H

#include <linux/version.h>

#define KERNEL_BEFORE(major, minor) (LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, 0))

#if defined(RHEL_RELEASE_CODE) && KERNEL_BEFORE(4, 19)
#if RHEL_RELEASE_CODE < RHEL_RELEASE_VERSION(8, 3)
#error "el8 kernels before 4.18.0-240 (8.3) are not supported: no flow_indr_dev_register()"
#endif
#elif KERNEL_BEFORE(5, 8)
#error "kernels before 5.8 are not supported: no flow_indr_dev_register()"
#endif

#if !IS_ENABLED(CONFIG_IPV6) || !IS_ENABLED(CONFIG_NET_CLS_ACT)
#error "the module needs CONFIG_IPV6 and CONFIG_NET_CLS_ACT"
#endif

#if !KERNEL_BEFORE(6, 5)
#include <net/gso.h>
#endif

/*
 * Devices
 */

#if KERNEL_BEFORE(5, 15)
static inline void sn_set_address(struct net_device *dev, const u8 *address)
{
	memcpy(dev->dev_addr, address, ETH_ALEN);
}
#else
#define sn_set_address eth_hw_addr_set
#endif

/* A device's address as if its user had changed it; under rtnl. */
static inline int sn_change_address(struct net_device *dev, struct sockaddr_storage *address)
{
#if KERNEL_BEFORE(6, 16)
	return dev_set_mac_address(dev, (struct sockaddr *)address, NULL);
#else
	return dev_set_mac_address(dev, address, NULL);
#endif
}

/* A transmit function that takes no lock. */
static inline void sn_set_lockless(struct net_device *dev)
{
#if KERNEL_BEFORE(6, 12)
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/*
 * Flow offload
 */

static inline void sn_stats_update(struct flow_stats *stats, u64 bytes, u64 packets, u64 drops,
				   unsigned long used)
{
#if KERNEL_BEFORE(5, 9)
	flow_stats_update(stats, bytes, packets, used, FLOW_ACTION_HW_STATS_IMMEDIATE);
#else
	flow_stats_update(stats, bytes, packets, drops, used, FLOW_ACTION_HW_STATS_IMMEDIATE);
#endif
}

/* Matching looks at the outermost packet only. */
#ifdef FLOW_DISSECTOR_F_STOP_BEFORE_ENCAP
#define SN_DISSECT_FLAGS FLOW_DISSECTOR_F_STOP_BEFORE_ENCAP
#else
#define SN_DISSECT_FLAGS FLOW_DISSECTOR_F_STOP_AT_ENCAP
#endif

#endif /* OVNFAST_SMARTNIC_COMPAT_H */
