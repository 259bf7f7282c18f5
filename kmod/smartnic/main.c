// SPDX-License-Identifier: GPL-2.0
/*
 * A SmartNIC in software: parameters, NICs, wires.
 */
#define pr_fmt(format) KBUILD_MODNAME ": " format

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "smartnic.h"

static unsigned int nics = 2;
module_param(nics, uint, 0444);
MODULE_PARM_DESC(nics, "number of NICs, 1 to 8");

static unsigned int vfs = 4;
module_param(vfs, uint, 0444);
MODULE_PARM_DESC(vfs, "number of VFs of each NIC, 1 to 16");

static unsigned int table = 4096;
module_param(table, uint, 0444);
MODULE_PARM_DESC(table, "rules that each NIC holds, 0 to 65536");

static char *wires;
module_param(wires, charp, 0444);
MODULE_PARM_DESC(wires, "uplinks that are wired, by number: 0-1,2-3 (default: 0-1 if there are two)");

static struct sn_nic *sn_nics[SN_MAX_NICS];

void sn_address(u8 *address, const struct sn_nic *nic, u8 last)
{
	static const u8 prefix[] = { 0x02, 'o', 'v', 'n' };

	memcpy(address, prefix, sizeof(prefix));
	address[4] = nic->id;
	address[5] = last;
}

static int __init sn_parameters_check(void)
{
	if (nics < 1 || nics > SN_MAX_NICS) {
		pr_err("nics=%u is not 1 to %u, not loaded\n", nics, SN_MAX_NICS);
		return -EINVAL;
	}
	if (vfs < 1 || vfs > SN_MAX_VFS) {
		pr_err("vfs=%u is not 1 to %u, not loaded\n", vfs, SN_MAX_VFS);
		return -EINVAL;
	}
	if (table > SN_MAX_RULES) {
		pr_err("table=%u is more than %u, not loaded\n", table, SN_MAX_RULES);
		return -EINVAL;
	}
	return 0;
}

/* One wire, as "0-1". What follows it, or NULL if it is none. */
static const char * __init sn_wire_parse(const char *text)
{
	struct sn_port *a, *b;

	/* NICs have one digit. */
	if (text[0] < '0' || text[0] >= '0' + nics || text[1] != '-' ||
	    text[2] < '0' || text[2] >= '0' + nics || text[0] == text[2])
		return NULL;
	a = &sn_nics[text[0] - '0']->uplink;
	b = &sn_nics[text[2] - '0']->uplink;
	if (a->peer || b->peer)
		return NULL;
	a->peer = b;
	b->peer = a;
	return text + 3;
}

static int __init sn_wires_parse(void)
{
	const char *text = wires ?: nics > 1 ? "0-1" : "";

	while (*text) {
		text = sn_wire_parse(text);
		if (text && *text == ',' && text[1]) {
			text++;
		} else if (!text || *text) {
			pr_err("wires=%s is not pairs of NICs (below %u, each once) as 0-1,2-3, not loaded\n",
			       wires, nics);
			return -EINVAL;
		}
	}
	return 0;
}

static void __init sn_port_init(struct sn_port *port, struct sn_nic *nic, enum sn_kind kind,
				unsigned int vf, struct sn_port *peer)
{
	port->nic = nic;
	port->kind = kind;
	port->vf = vf;
	port->peer = peer;
}

static struct sn_nic * __init sn_nic_alloc(unsigned int id)
{
	struct sn_nic *nic = kvzalloc(sizeof(*nic), GFP_KERNEL);
	unsigned int i;

	if (!nic)
		return NULL;
	nic->id = id;
	nic->n_vfs = vfs;
	nic->limit = table;
	nic->link = true;
	mutex_init(&nic->lock);
	INIT_LIST_HEAD(&nic->rules);
	sn_port_init(&nic->uplink, nic, SN_UPLINK, 0, NULL);
	for (i = 0; i < vfs; i++) {
		sn_port_init(&nic->representors[i], nic, SN_REPRESENTOR, i, &nic->vfs[i]);
		sn_port_init(&nic->vfs[i], nic, SN_VF, i, &nic->representors[i]);
	}
	return nic;
}

/*
 * Whatever there is: NICs may be half made. Packets of one reach the others, so what
 * is of one kind goes everywhere before the next.
 */
static void sn_nics_destroy(void)
{
	unsigned int i;

	for (i = 0; i < nics && sn_nics[i]; i++)
		sn_debugfs_destroy(sn_nics[i]);
	for (i = 0; i < nics && sn_nics[i]; i++)
		sn_tunnels_destroy(sn_nics[i]);
	for (i = 0; i < nics && sn_nics[i]; i++)
		sn_ports_destroy(sn_nics[i]);
	for (i = 0; i < nics && sn_nics[i]; i++)
		sn_conntrack_destroy(sn_nics[i]);
	rcu_barrier();
	for (i = 0; i < nics && sn_nics[i]; i++) {
		kvfree(sn_nics[i]);
		sn_nics[i] = NULL;
	}
	sn_debugfs_exit();
}

static int __init sn_nics_create(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < nics; i++) {
		sn_nics[i] = sn_nic_alloc(i);
		if (!sn_nics[i])
			return -ENOMEM;
	}
	err = sn_wires_parse();
	for (i = 0; !err && i < nics; i++)
		err = sn_conntrack_create(sn_nics[i]);
	for (i = 0; !err && i < nics; i++)
		err = sn_ports_create(sn_nics[i]);
	for (i = 0; !err && i < nics; i++)
		err = sn_tunnels_create(sn_nics[i]);
	for (i = 0; !err && i < nics; i++)
		sn_debugfs_create(sn_nics[i]);
	return err;
}

static int __init sn_init(void)
{
	int err = sn_parameters_check();

	if (err)
		return err;
	sn_flower_init();
	sn_debugfs_init();
	err = sn_nics_create();
	if (err)
		sn_nics_destroy();
	else
		pr_info("%u NICs with %u VFs each, for tests\n", nics, vfs);
	return err;
}

static void __exit sn_exit(void)
{
	sn_nics_destroy();
}

module_init(sn_init);
module_exit(sn_exit);

MODULE_DESCRIPTION("SmartNIC in software, for tests of flow offload");
MODULE_LICENSE("GPL");
MODULE_VERSION("1");
