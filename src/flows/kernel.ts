// SPDX-License-Identifier: Apache-2.0
// What of the kernel the offload of flows depends on: since when it is there, and where that can be read.

/** Something that kernels have from a release on. */
export type KernelFact = {
  /** What it is, to stand behind "needs" and before "since". */
  what: string;
  /** Upstream, as major and minor number. */
  linux: readonly [number, number];
  /** In the kernels 4.18.0-N of RHEL, CentOS and Alma 8: the least N that is known to have it. */
  el8?: number;
  source: string;
};

export const kernelFacts = {
  conntrack: {
    what: "conntrack's connections in hardware (act_ct with a flow table per zone)",
    linux: [5, 7],
    el8: 240,
    source:
      'Linux net/sched/act_ct.c, tcf_ct_flow_table_get; Kube-OVN, "Offload with Corigine": "CentOS 8 Stream or Linux 5.7 above"',
  },
  recirculation: {
    what: 'recirculation that Open vSwitch and tc share (OVS_DP_F_TC_RECIRC_SHARING)',
    linux: [5, 4],
    el8: 240,
    source: 'Linux include/uapi/linux/openvswitch.h; net/openvswitch/datapath.c asks for CONFIG_NET_TC_SKB_EXT as well',
  },
  replyAndInvalid: {
    what: 'matches on ct_state "rpl" and "inv" in tc (TCA_FLOWER_KEY_CT_FLAGS_REPLY, _INVALID)',
    linux: [5, 12],
    source:
      'Linux include/uapi/linux/pkt_cls.h (not in 5.10, in 5.15); Open vSwitch lib/netdev-offload-tc.c, probe_ct_state_support',
  },
  inHardware: {
    what: 'the flag by which tc says that a rule is in hardware (TCA_CLS_FLAGS_IN_HW)',
    linux: [4, 11],
    source:
      'Linux include/uapi/linux/pkt_cls.h; Open vSwitch lib/netdev-offload-tc.c, parse_tc_flower_to_attrs: no flag is shown as offloaded:yes',
  },
} as const satisfies Record<string, KernelFact>;

const RELEASE = /^(\d{1,3})\.(\d{1,3})(?:\.\d+)?(?:-(\d+))?/;

/** Whether a text begins as a kernel release does: `5.10.0-46-amd64`, `4.18.0-240.22.1.el8_3.x86_64`. */
export function isKernelRelease(text: string): boolean {
  return RELEASE.test(text);
}

/** Whether a kernel release has it; undefined when that cannot be told by its name. */
export function has(kernel: string | undefined, { linux, el8 }: KernelFact): boolean | undefined {
  const [, major, minor, build] = RELEASE.exec(kernel ?? '') ?? [];
  if (kernel === undefined || major === undefined) return undefined;
  const [wantedMajor, wantedMinor] = linux;
  if (Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)) return true;
  // Distributions that keep a version for years bring such things to it: only what is known is said of those.
  if (/\.el[78]/.test(kernel)) return el8 !== undefined && /\.el8/.test(kernel) ? Number(build) >= el8 : undefined;
  return false;
}

/** `Linux 5.7, or 4.18.0-240 of el8`. */
export function sinceText({ linux, el8 }: KernelFact): string {
  return `Linux ${linux.join('.')}${el8 === undefined ? '' : `, or 4.18.0-${el8} of el8`}`;
}
