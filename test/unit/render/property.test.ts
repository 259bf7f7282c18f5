// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { renderManifests, renderOffload } from '../../../src/render/offload.ts';
import { originOf } from '../../../src/render/seal.ts';
import { readValues, type SettledValues } from '../../../src/render/values.ts';
import { checkManifest } from './kinds.ts';

const root = projectRoot();
// The same values in every run: a failure is one for everybody. OVNFAST_SEED=N tries others.
fc.configureGlobal({ seed: Number(process.env.OVNFAST_SEED ?? 5) });
let scratch: TemporaryDirectory;
beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'render-');
});
afterAll(async () => await scratch[Symbol.asyncDispose]());

async function read(values: unknown): Promise<SettledValues> {
  const path = join(scratch.path, 'values.yml');
  await writeFile(path, stringify(values));
  return await readValues(path);
}

const matching = (expression: RegExp, limit = 63) =>
  fc.stringMatching(expression).filter(({ length }) => length <= limit);
// Words that some reader of YAML takes for something else come up far more often than by chance.
const TRICKY = [
  'on',
  'off',
  'y',
  'n',
  'no',
  'yes',
  'null',
  'true',
  '12',
  '0o14',
  '0x1f',
  '1e3',
  '0b11',
  '012',
  '1-2-3',
  '2001-01-01',
];
const label = fc.oneof(fc.constantFrom(...TRICKY), matching(/^[a-z0-9]([a-z0-9-]{0,15}[a-z0-9])?$/));
const pciId = fc.oneof(fc.constantFrom('19ee', '6003', '1e02', '0012'), matching(/^[0-9a-f]{4}$/));
const list = <T>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { minLength: 1, maxLength: 3 });
const iface = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/);
const image = fc
  .tuple(
    fc.constantFrom('', 'docker.io/library/', 'r.example:5000/', '[fd00::1]:80/'),
    matching(/^[a-z0-9]+((\.|_|__|-)[a-z0-9]+){0,2}$/),
    fc.oneof(fc.constant(''), matching(/^:[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)),
    fc.constantFrom('', `@sha256:${'0e'.repeat(32)}`),
  )
  .map((parts) => parts.join(''));

const resources = fc
  .array(
    fc.record(
      {
        prefix: matching(/^[a-z0-9]{1,10}\.[a-z]{2,5}$/),
        name: matching(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,10}[A-Za-z0-9])?$/),
        vendors: list(pciId),
        devices: list(pciId),
        drivers: list(matching(/^[A-Za-z0-9_-]{1,10}$/)),
        uplinks: fc.uniqueArray(iface, { minLength: 1, maxLength: 2, selector: (name) => name.toLowerCase() }),
        rdma: fc.boolean(),
      },
      { requiredKeys: ['prefix', 'name', 'vendors', 'devices', 'drivers'] },
    ),
    { minLength: 1, maxLength: 3 },
  )
  // Different in one number, so that no two are for the same devices.
  .map((all) =>
    all.map((one, index) => ({ ...one, name: `${one.name}${index}`, devices: [`000${index}`, ...one.devices] })),
  );

const values = resources.chain((all) =>
  fc.record({
    'device-plugin': fc.record({ 'config-map': label, namespace: label }),
    resources: fc.constant(all),
    networks: fc.uniqueArray(
      fc.record({
        name: label,
        namespace: label,
        resource: fc.constantFrom(...all.map(({ prefix, name }) => `${prefix}/${name}`)),
      }),
      { minLength: 1, maxLength: 3, selector: ({ name, namespace }) => `${namespace}/${name}` },
    ),
    'kube-ovn': fc.record({
      installer: fc.constantFrom('install.sh', 'chart', 'chart-v2'),
      interfaces: list(iface),
      'load-balancer': fc.boolean(),
      mirror: fc.boolean(),
    }),
  }),
);
const valuesWithPods = values.chain((all) =>
  fc.record({
    all: fc.constant(all),
    pods: fc.uniqueArray(
      fc.record({
        name: label,
        namespace: label,
        image,
        network: fc.constantFrom(...all.networks.map(({ namespace, name }) => `${namespace}/${name}`)),
      }),
      { minLength: 1, maxLength: 3, selector: ({ name, namespace }) => `${namespace}/${name}` },
    ),
  }),
);

type Manifest = {
  kind: string;
  metadata: { name: string; namespace: string; annotations: Record<string, string> };
  data: Record<string, string>;
  spec: { config: string; containers: { image: string; resources: { limits: object; requests: object } }[] };
};

test.each(['1.1', '1.2'] as const)('what is accepted comes out with the same values, by YAML %s', async (version) => {
  await fc.assert(
    fc.asyncProperty(valuesWithPods, async ({ all, pods }) => {
      const given = { ...all, pods };
      const settled = await read(given);
      const text = renderManifests(settled, originOf('1.2.3', 'offload', 'values.yml'));
      const [configMap, ...rest] = parseAllDocuments(text, { version }).map((document) => {
        expect(document.errors).toEqual([]);
        const manifest = document.toJS() as Manifest;
        checkManifest(manifest);
        return manifest;
      });
      expect(configMap?.metadata).toEqual({
        name: given['device-plugin']['config-map'],
        namespace: given['device-plugin'].namespace,
      });
      const { resourceList } = JSON.parse(configMap?.data['config.json'] ?? '');
      expect(resourceList).toEqual(
        given.resources.map(({ prefix, name, vendors, devices, drivers, uplinks, rdma }) => ({
          resourcePrefix: prefix,
          resourceName: name,
          selectors: {
            ...{ vendors, devices, drivers },
            ...(uplinks ? { pfNames: uplinks } : {}),
            ...(rdma ? { isRdma: true } : {}),
          },
        })),
      );
      const networks = rest.slice(0, given.networks.length);
      for (const [index, { name, namespace, resource }] of given.networks.entries()) {
        const { metadata, spec } = networks[index] as Manifest;
        expect(metadata).toMatchObject({ name, namespace });
        expect(metadata.annotations['k8s.v1.cni.cncf.io/resourceName']).toBe(resource);
        expect(JSON.parse(spec.config).plugins[0].provider).toBe(`${name}.${namespace}.ovn`);
      }
      for (const [index, { name, namespace, image, network }] of pods.entries()) {
        const { metadata, spec } = rest[given.networks.length + index] as Manifest;
        expect(metadata).toEqual({
          name,
          namespace,
          annotations: { 'v1.multus-cni.io/default-network': network },
        });
        const resource = given.networks.find((one) => `${one.namespace}/${one.name}` === network)?.resource ?? '';
        expect(spec.containers).toEqual([
          { name, image, resources: { requests: { [resource]: '1' }, limits: { [resource]: '1' } } },
        ]);
      }
    }),
    { numRuns: 60 },
  );
});

test('the interfaces reach Kube-OVN as they are, and each names only itself', async () => {
  await fc.assert(
    fc.asyncProperty(values, async (given) => {
      const { interfaces, installer } = given['kube-ovn'];
      // Pods of the default would have to choose between the networks.
      const network = `${given.networks[0]?.namespace}/${given.networks[0]?.name}`;
      const settled = await read({ ...given, pods: [{ name: 'p', network }] });
      const files = await renderOffload(settled, root, originOf('1.2.3', 'offload', undefined));
      const { text = '', name = '' } = files.find((file) => file.name.startsWith('20-')) ?? {};
      expect(name).toBe(installer === 'install.sh' ? '20-kube-ovn-install.sh' : '20-kube-ovn.values');
      const argument =
        installer === 'install.sh'
          ? /^declare -rx IFACE='([^']*)'$/m.exec(text)?.[1]
          : installer === 'chart'
            ? parse(text, { version: '1.1' }).networking.IFACE
            : parse(text, { version: '1.1' }).agent.interface;
      // As Kube-OVN does it: the name itself, else expressions that are looked for in every name.
      const expression = new RegExp(`(${String(argument).split(',').join(')|(')})`);
      const found = (name: string) => argument === name || expression.test(name);
      for (const name of interfaces) expect(found(name)).toBe(true);
      if (interfaces.length === 1) return;
      const near = interfaces.flatMap((name) => [`${name}0`, `x${name}`, name.replace('.', 'x')]);
      for (const other of near) expect(found(other)).toBe(interfaces.includes(other));
    }),
    { numRuns: 40 },
  );
});

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom("'; id #", '$(id)', '"\n', '*a', '|', 'a: b', '\u2028'),
);
// Every place of the values that takes text.
const places: [name: string, values: (text: string) => object][] = [
  ['config map', (text) => ({ 'device-plugin': { 'config-map': text } })],
  ['prefix', (text) => ({ resources: [{ ...card, prefix: text }] })],
  ['resource', (text) => ({ resources: [{ ...card, name: text }] })],
  ['vendor', (text) => ({ resources: [{ ...card, vendors: [text] }] })],
  ['driver', (text) => ({ resources: [{ ...card, drivers: [text] }] })],
  ['uplink', (text) => ({ resources: [{ ...card, uplinks: [text] }] })],
  ['root device', (text) => ({ resources: [{ ...card, 'root-devices': [text] }] })],
  ['network', (text) => ({ networks: [{ name: text }] })],
  ['subnet', (text) => ({ networks: [{ name: 'a', subnet: { name: text, cidr: ['10.0.0.0/24'] } }] })],
  ['network of a subnet', (text) => ({ networks: [{ name: 'a', subnet: { name: 's', cidr: [text] } }] })],
  ['interface', (text) => ({ 'kube-ovn': { interfaces: [text] } })],
  ['pod', (text) => ({ pods: [{ name: text }] })],
  ['image', (text) => ({ pods: [{ name: 'p', image: text }] })],
  ['assembly', (text) => ({ firmware: { assembly: text } })],
];
const card = { prefix: 'a.org', name: 'vf', vendors: ['15b3'], devices: ['101e'], drivers: ['mlx5_core'] };

test.each(places)('any text as a %s is refused, or comes out as that text', async (_, place) => {
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      const settled = await read(place(text)).catch((error) => {
        expect(error).toBeInstanceOf(InputError);
        return undefined;
      });
      if (!settled) return;
      // What is accepted is harmless in a shell without quotes, in YAML and in JSON.
      expect(text).toMatch(/^[A-Za-z0-9_.,:/@#[\]-]+$/);
      const files = await renderOffload(settled, root, originOf('1.2.3', 'offload', undefined));
      expect(files.some((file) => file.text.includes(text))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
