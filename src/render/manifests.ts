// SPDX-License-Identifier: Apache-2.0
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IPod } from 'kubernetes-models/v1/Pod';
import {
  networkKey,
  providerOf,
  type Resource,
  type SettledNetwork,
  type SettledPod,
  type SettledValues,
} from './values.ts';

/** The ConfigMap from which the SR-IOV network device plugin learns which VFs are which resource. */
export function devicePluginConfig({ 'device-plugin': plugin, resources }: SettledValues) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: plugin['config-map'], namespace: plugin.namespace },
    data: { 'config.json': json({ resourceList: resources.map(pool) }) },
  } satisfies IConfigMap;
}

function pool({ prefix, name, vendors, devices, drivers, uplinks, 'root-devices': rootDevices, rdma }: Resource) {
  return {
    resourcePrefix: prefix,
    resourceName: name,
    // One selector and no list of them: versions of the plugin before 3.6 know no list.
    selectors: {
      vendors,
      devices,
      drivers,
      ...(uplinks ? { pfNames: uplinks } : {}),
      ...(rootDevices ? { rootDevices } : {}),
      ...(rdma ? { isRdma: true } : {}),
    },
  };
}

/** A network that hands Kube-OVN the VF that a pod was given; Multus finds the VF by the resource that is annotated. */
export function networkAttachment(network: SettledNetwork) {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: {
      name: network.name,
      namespace: network.namespace,
      annotations: { 'k8s.v1.cni.cncf.io/resourceName': network.resource },
    },
    spec: {
      config: json({
        cniVersion: '0.3.1',
        name: 'kube-ovn',
        plugins: [
          {
            type: 'kube-ovn',
            server_socket: '/run/openvswitch/kube-ovn-daemon.sock',
            provider: providerOf(network),
          },
          { type: 'portmap', capabilities: { portMappings: true } },
        ],
      }),
    },
  };
}

/** The Subnet of Kube-OVN that pods of a network get their addresses from, if the network has one of its own. */
export function subnetOf(network: SettledNetwork) {
  if (!network.subnet) return undefined;
  const { name, cidr } = network.subnet;
  const families = cidr.map((one) => (one.includes(':') ? 'IPv6' : 'IPv4'));
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'Subnet',
    metadata: { name },
    spec: {
      protocol: families.length > 1 ? 'Dual' : (families[0] ?? 'IPv4'),
      cidrBlock: cidr.join(','),
      provider: providerOf(network),
      // As the default subnet has it.
      natOutgoing: true,
      // OVN's load balancer hashes (dp_hash, hash), which no flow of the card can do; also where it serves other subnets.
      enableLb: false,
    },
  };
}

/** A pod whose interface is a VF of the resource of its network. */
export function podManifest(pod: SettledPod, networks: SettledNetwork[]) {
  const network = networks.find((network) => networkKey(network) === pod.network);
  if (!network) throw new Error(`no network ${pod.network}`);
  const one = { [network.resource]: '1' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      annotations: { 'v1.multus-cni.io/default-network': pod.network },
    },
    spec: {
      // An extended resource cannot be overcommitted: Kubernetes wants both, and the same.
      containers: [{ name: pod.name, image: pod.image, resources: { requests: one, limits: one } }],
    },
  } satisfies IPod;
}

/** What the two charts of Kube-OVN want to be told; both fit their release 1.12 (`chart`), 1.14 (`chart-v2`) and later. */
export function chartValues({ 'kube-ovn': settings }: SettledValues): object {
  const { 'load-balancer': loadBalancer, mirror } = settings;
  const iface = interfaceArgument(settings.interfaces);
  if (settings.installer === 'chart-v2') {
    return {
      features: { enableHardwareOffload: true, enableLoadbalancer: loadBalancer },
      agent: { interface: iface, mirroring: { enabled: mirror } },
    };
  }
  return {
    networking: { IFACE: iface },
    func: { HW_OFFLOAD: true, ENABLE_LB: loadBalancer },
    debug: { ENABLE_MIRROR: mirror },
  };
}

/**
 * IFACE of Kube-OVN: one name as it is; several as expressions joined by commas, each for the whole name, because Kube-OVN takes
 * the first interface that an expression is found in (`ens1` is found in `ens10`).
 */
export function interfaceArgument(names: string[]): string {
  const [first = ''] = names;
  return names.length === 1 ? first : names.map((name) => `^${name.replaceAll('.', '[.]')}$`).join(',');
}

/** JSON as people write it: a list of words on one line. No word in it has a quote or a bracket. */
function json(value: object): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(/\[\s+("[^"]*"(?:,\s+"[^"]*")*)\s+\]/g, (_, words) => `[${words.replace(/\s+/g, ' ')}]`)}\n`;
}
