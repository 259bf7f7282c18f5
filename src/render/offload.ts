// SPDX-License-Identifier: Apache-2.0
import {
  chartValues,
  devicePluginConfig,
  interfaceArgument,
  networkAttachment,
  podManifest,
  subnetOf,
} from './manifests.ts';
import { scriptWith } from './script.ts';
import { type Origin, seal } from './seal.ts';
import { comment, type Part, textOf } from './stream.ts';
import { AGILIO_VENDOR, type SettledValues } from './values.ts';
import type { RenderedFile } from './write.ts';
import { toYaml } from './yaml.ts';

// In the order in which they are used. The values of a chart are YAML too, but no manifest: `kubectl apply -f DIRECTORY`, which
// takes every .yml, leaves this name alone.
const FIRMWARE = '00-agilio-firmware.sh';
const DEVICE_PLUGIN = '10-sriovdp-config.yml';
const INSTALL = '20-kube-ovn-install.sh';
const CHART_VALUES = '20-kube-ovn.values';
const NETWORKS = '30-networks.yml';
const PODS = '40-pods.yml';

/** All the names that a rendering may use. */
export const OFFLOAD_FILES = [FIRMWARE, DEVICE_PLUGIN, INSTALL, CHART_VALUES, NETWORKS, PODS];

/** All that the values describe, as files. `root` is the top of the project. */
export async function renderOffload(values: SettledValues, root: string, origin: Origin): Promise<RenderedFile[]> {
  const files: RenderedFile[] = [];
  const add = (name: string, text: string) =>
    files.push({ name, text: seal(text, origin), executable: name.endsWith('.sh') });
  const firmware = await firmwareScript(values, root);
  if (firmware !== undefined) add(FIRMWARE, firmware);
  for (const part of manifestParts(values)) {
    add(part.name, textOf(part));
    if (part.name === DEVICE_PLUGIN) add(...(await installSettings(values, root)));
  }
  return files;
}

/** The manifests alone, as one stream of YAML documents. */
export function renderManifests(values: SettledValues, { version, command }: Origin): string {
  const head = comment([
    `Rendered by ovnfast ${version}: ${command}`,
    'The manifests only: --out DIR writes the settings of Kube-OVN and the firmware script too.',
  ]);
  return `${head}${manifestParts(values)
    .map((part) => `---\n${textOf(part)}`)
    .join('')}`;
}

function manifestParts(values: SettledValues): Part[] {
  const { networks, pods } = values;
  const bare = networks.filter(({ subnet }) => !subnet).map(({ namespace, name }) => `${namespace}/${name}`);
  return [
    {
      name: DEVICE_PLUGIN,
      notes: ['Which VFs are which resource. The SR-IOV network device plugin reads it at its start: apply it before.'],
      manifests: [devicePluginConfig(values)],
    },
    {
      name: NETWORKS,
      notes: [
        'Hands the VF of a pod to Kube-OVN. Multus and Kube-OVN have to be there.',
        ...(bare.length === 0
          ? []
          : [
              `No subnet of its own: ${bare.join(', ')}. Kube-OVN up to 1.15.17 and 1.16.2 then takes the default subnet of the`,
              'pod; later ones refuse the pod until a Subnet has this provider: give the network a `subnet` in the values.',
            ]),
      ],
      manifests: networks.flatMap((network) => [subnetOf(network) ?? [], networkAttachment(network)].flat()),
    },
    {
      name: PODS,
      notes: ['Each gets a VF as its interface eth0.'],
      manifests: pods.map((pod) => podManifest(pod, networks)),
    },
  ];
}

/** How Kube-OVN is told: by its install script or by the values of a chart. */
async function installSettings(values: SettledValues, root: string): Promise<[name: string, text: string]> {
  const settings = values['kube-ovn'];
  if (settings.installer === 'install.sh') {
    const constants = {
      HW_OFFLOAD: 'true',
      ENABLE_LB: String(settings['load-balancer']),
      ENABLE_MIRROR: String(settings.mirror),
      IFACE: interfaceArgument(settings.interfaces),
    };
    return [INSTALL, await scriptWith(root, 'kube-ovn-install.sh', constants)];
  }
  const chart = settings.installer === 'chart' ? 'kube-ovn' : 'kube-ovn-v2';
  const notes = [
    `Values of the chart ${chart}, beside your own: helm upgrade --install kube-ovn ... -f ${CHART_VALUES}`,
  ];
  return [CHART_VALUES, `${comment(notes)}${toYaml(chartValues(values))}`];
}

/** The script that chooses the firmware, where a resource may be an Agilio card. */
async function firmwareScript({ resources, firmware }: SettledValues, root: string): Promise<string | undefined> {
  if (!resources.some(({ vendors }) => vendors.includes(AGILIO_VENDOR))) return undefined;
  return await scriptWith(root, 'agilio-firmware.sh', {
    DEFAULT_APP: firmware?.app ?? 'flower',
    DEFAULT_ASSEMBLY: firmware?.assembly ?? 'scan',
  });
}
