// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { readDocument } from '../matrix/document.ts';
import { didYouMean } from '../matrix/suggest.ts';
import {
  driverName,
  imageReference,
  interfaceName,
  label,
  networkReference,
  pciId,
  resourceName,
  resourcePrefix,
  resourceReference,
  rootDevice,
  subdomain,
  uplink,
} from './names.ts';

/** Vendor number of Netronome, whose Agilio cards Corigine sells: the only ones that have a firmware to choose. */
export const AGILIO_VENDOR = '19ee';

// Far more than a cluster has; a limit all the same, because a file from outside may be anything.
const MOST = 100;

function some<T extends z.ZodType>(item: T) {
  return z.array(item).min(1, 'is empty').max(MOST, `has more than ${MOST} entries`);
}

const resource = z.strictObject({
  prefix: resourcePrefix,
  name: resourceName,
  vendors: some(pciId),
  devices: some(pciId),
  drivers: some(driverName),
  uplinks: some(uplink).exactOptional(),
  'root-devices': some(rootDevice).exactOptional(),
  rdma: z.boolean().default(false),
});

const subnet = z.strictObject({
  name: label,
  cidr: some(z.string().refine(isCidr, 'is no network (10.17.0.0/16, fd00:10:17::/112; lower case)')).max(
    2,
    'has more than 2',
  ),
});

const network = z.strictObject({
  name: label,
  namespace: label.default('default'),
  resource: resourceReference.exactOptional(),
  subnet: subnet.exactOptional(),
});

const pod = z.strictObject({
  name: label,
  namespace: label.default('default'),
  image: imageReference.default('docker.io/library/nginx:alpine'),
  network: networkReference.exactOptional(),
});

const agilio = {
  prefix: 'corigine.com',
  name: 'agilio_sriov',
  vendors: [AGILIO_VENDOR],
  devices: ['6003'],
  drivers: ['nfp_netvf'],
};

/** What a values file may say. All of it has a default: the set-up that Kube-OVN describes for Corigine's Agilio CX. */
const schema = z.strictObject({
  'device-plugin': z
    .strictObject({ 'config-map': subdomain.default('sriovdp-config'), namespace: label.default('kube-system') })
    .prefault({}),
  resources: some(resource).prefault([agilio]),
  networks: some(network).prefault([{ name: 'default' }]),
  'kube-ovn': z
    .strictObject({
      installer: z.enum(['install.sh', 'chart', 'chart-v2']).default('install.sh'),
      interfaces: some(interfaceName).default(['ensp01']),
      'load-balancer': z.boolean().default(false),
      mirror: z.boolean().default(false),
    })
    .prefault({}),
  pods: some(pod).prefault([{ name: 'nginx' }]),
  firmware: z
    .strictObject({
      app: z.enum(['flower', 'flower-next']).default('flower'),
      assembly: z
        .string()
        .regex(/^(scan|AMDA[0-9]{4})$/, 'is neither "scan" nor an assembly (AMDA and four digits)')
        .default('scan'),
    })
    .exactOptional(),
});

export type OffloadValues = z.output<typeof schema>;
export type Resource = OffloadValues['resources'][number];
export type Network = OffloadValues['networks'][number];
export type Pod = OffloadValues['pods'][number];

/** Values in which every network says of which resource it is and every pod on which network, and all of these exist. */
export type SettledValues = Omit<OffloadValues, 'networks' | 'pods'> & {
  networks: (Omit<Network, 'resource'> & { resource: string })[];
  pods: (Omit<Pod, 'network'> & { network: string })[];
};
export type SettledNetwork = SettledValues['networks'][number];
export type SettledPod = SettledValues['pods'][number];

/** How a resource is asked for: PREFIX/NAME. */
export function resourceKey({ prefix, name }: Pick<Resource, 'prefix' | 'name'>): string {
  return `${prefix}/${name}`;
}

/** How a network is asked for: NAMESPACE/NAME. */
export function networkKey({ namespace, name }: Pick<Network, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** What Kube-OVN calls a network: {name}.{namespace}.ovn. */
export function providerOf({ namespace, name }: Pick<Network, 'namespace' | 'name'>): string {
  return `${name}.${namespace}.ovn`;
}

/**
 * Reads a values file; without one, and for all that it leaves out, the defaults. Throws InputError with `file:line:column` for
 * what does not fit, with the nearest key or name for a mistyped one.
 */
export async function readValues(path?: string): Promise<SettledValues> {
  if (path === undefined) return settle(schema.parse({}), () => 'the defaults');
  const { value, where } = await readDocument(path, schema.nullable());
  return settle(value ?? schema.parse({}), where);
}

type Where = (path: PropertyKey[]) => string;

// The socket of each resource is /var/lib/kubelet/plugins_registry/PREFIX_NAME.sock; the address of a socket has room for 107.
const SOCKET_ROOM = 107 - '/var/lib/kubelet/plugins_registry/_.sock'.length;
// Kube-OVN keeps the address of a pod in an object named POD.NAMESPACE.PROVIDER.
const LONGEST_NAME = 253;

/** Checks what one part of the values says of another, and names what was left to be found. */
function settle(values: OffloadValues, where: Where): SettledValues {
  const { resources, networks, pods, firmware } = values;
  const unique = (path: PropertyKey[], what: string, names: string[]) => {
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      throw new InputError(`two ${what} are called ${name}`, { where: where([...path, index, 'name']) });
    }
  };
  unique(['resources'], 'resources', resources.map(resourceKey));
  unique(['networks'], 'networks', networks.map(networkKey));
  unique(
    ['pods'],
    'pods',
    pods.map(({ namespace, name }) => `${namespace}/${name}`),
  );
  checkResources(resources, where);
  checkSubnets(networks, where);
  if (firmware && !resources.some(({ vendors }) => vendors.includes(AGILIO_VENDOR))) {
    throw new InputError(`"firmware" is for Agilio cards, and no resource has their vendor ("${AGILIO_VENDOR}")`, {
      where: where(['firmware']),
      remedy: 'Leave it out.',
    });
  }
  const settledNetworks = networks.map((network, index) => {
    const known = resources.map(resourceKey);
    return { ...network, resource: theOne(network.resource, known, 'resource', ['networks', index], where) };
  });
  const settledPods = pods.map((pod, index) => {
    const network = theOne(pod.network, networks.map(networkKey), 'network', ['pods', index], where);
    const [namespace = '', name = ''] = network.split('/');
    const port = `${pod.name}.${pod.namespace}.${providerOf({ namespace, name })}`;
    if (port.length > LONGEST_NAME) {
      throw new InputError(`the names of the pod and of its network are too long together: ${port.length} characters`, {
        where: where(['pods', index, 'name']),
        remedy: `Kube-OVN joins them to one name of up to ${LONGEST_NAME}.`,
      });
    }
    return { ...pod, network };
  });
  return { ...values, networks: settledNetworks, pods: settledPods };
}

/** What is referred to: by its name, or the only one there is. */
function theOne(name: string | undefined, known: string[], what: string, path: PropertyKey[], where: Where): string {
  const [only = ''] = known;
  if (name === undefined) {
    if (known.length === 1) return only;
    throw new InputError(`which ${what}? There are ${known.length}`, {
      where: where(path),
      remedy: `Say \`${what}:\` with one of ${known.join(', ')}.`,
    });
  }
  if (known.includes(name)) return name;
  throw new InputError(`there is no ${what} "${name}"${didYouMean(name, known)}`, {
    where: where([...path, what]),
    remedy: `There is ${known.join(', ')}.`,
  });
}

function checkResources(resources: Resource[], where: Where): void {
  const seen = new Map<string, string>();
  for (const [index, resource] of resources.entries()) {
    const key = resourceKey(resource);
    if (key.length - 1 > SOCKET_ROOM) {
      throw new InputError(`prefix and name are too long together: ${key.length - 1} characters`, {
        where: where(['resources', index, 'name']),
        remedy: `The device plugin makes a socket of that name, which has room for ${SOCKET_ROOM}.`,
      });
    }
    checkParents(resource, ['resources', index], where);
    const { vendors, devices, drivers, uplinks, 'root-devices': roots } = resource;
    const selection = JSON.stringify(
      [vendors, devices, drivers, uplinks ?? [], roots ?? []].map((all) => all.toSorted()),
    );
    const before = seen.get(selection);
    if (before !== undefined) {
      throw new InputError(`"${key}" selects the same devices as "${before}"`, {
        where: where(['resources', index]),
        remedy:
          'The device plugin gives a device to the first that selects it. Tell them apart, by `uplinks` for example.',
      });
    }
    seen.set(selection, key);
  }
}

/** The plugin goes by the first entry for an uplink, and by no second. */
function checkParents(resource: Resource, path: PropertyKey[], where: Where): void {
  for (const key of ['uplinks', 'root-devices'] as const) {
    const names = (resource[key] ?? []).map((entry) => entry.split('#')[0]?.toLowerCase() ?? '');
    const index = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (index < 0) continue;
    throw new InputError(`"${names[index]}" is there twice`, {
      where: where([...path, key, index]),
      remedy: 'Name all its VFs in one entry: "ens1f0#0-3,6".',
    });
  }
}

function checkSubnets(networks: Network[], where: Where): void {
  const names = networks.map(({ subnet }) => subnet?.name);
  for (const [index, { subnet }] of networks.entries()) {
    if (!subnet) continue;
    const path = ['networks', index, 'subnet'];
    if (names.indexOf(subnet.name) !== index) {
      throw new InputError(`two subnets are called ${subnet.name}`, { where: where([...path, 'name']) });
    }
    const [first = '', second] = subnet.cidr;
    if (second !== undefined && first.includes(':') === second.includes(':')) {
      throw new InputError('two networks of one family', {
        where: where([...path, 'cidr', 1]),
        remedy: 'A subnet has one network, or one of IPv4 and one of IPv6.',
      });
    }
  }
}

function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^([0-9a-f.:]{2,45})\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  // At least a gateway and a pod have to have room.
  return bits !== '' && Number(bits) <= most - 2;
}
