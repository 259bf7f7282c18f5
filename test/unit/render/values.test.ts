// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { readValues } from '../../../src/render/values.ts';

async function read(text: string) {
  await using scratch = await TemporaryDirectory.create(tmpdir(), 'values-');
  const path = join(scratch.path, 'offload.yml');
  await writeFile(path, text);
  return await readValues(path);
}

/** The message, without the directory of the file. */
async function refusal(text: string): Promise<string> {
  const error = await read(text).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message.replace(/^.*(?=offload\.yml)/, '');
}

/** One resource, with some of it said otherwise. */
const resource = (parts: Record<string, string> = {}) => {
  const all = {
    prefix: 'a.org',
    name: 'vf',
    vendors: '["15b3"]',
    devices: '["101e"]',
    drivers: '[mlx5_core]',
    ...parts,
  };
  return `{${Object.entries(all)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')}}`;
};
const resources = (...parts: Record<string, string>[]) =>
  `resources:\n${parts.map((part) => `  - ${resource(part)}\n`).join('')}`;
const networks = (...lines: string[]) => `networks:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const long = (length: number) => 'a'.repeat(length);

test('an empty file, one of comments, and none are the same', async () => {
  const defaults = await readValues();
  for (const text of ['', '# nothing\n', '---\n', '{}\n']) expect(await read(text)).toEqual(defaults);
  expect(defaults).toMatchObject({
    networks: [{ namespace: 'default', name: 'default', resource: 'corigine.com/agilio_sriov' }],
    pods: [{ name: 'nginx', network: 'default/default' }],
  });
});

test('what is left out is the only one there is, or the default', async () => {
  const { networks: found, pods } = await read(
    `${resources({})}${networks('{name: fast, namespace: net}')}pods: [{name: p}]\n`,
  );
  expect(found).toEqual([{ name: 'fast', namespace: 'net', resource: 'a.org/vf' }]);
  expect(pods).toEqual([
    { name: 'p', namespace: 'default', image: 'docker.io/library/nginx:alpine', network: 'net/fast' },
  ]);
});

describe('refuses', () => {
  test.each([
    ['what is no YAML', 'a: [', /^offload\.yml:1:\d+: /],
    ['two documents', '---\n---\n', /^offload\.yml:\d+:\d+: .*multiple documents/],
    ['a list', '- a\n', /^offload\.yml:1:1: the file: .*object/],
    [
      'an unknown key',
      'resorces: []\n',
      /^offload\.yml:1:1: unknown key "resorces", did you mean "resources"\?\n {2}Known keys: /,
    ],
    [
      'an unknown key further in',
      'kube-ovn:\n  loadbalancer: false\n',
      /^offload\.yml:2:3: unknown key "loadbalancer" in kube-ovn, did you mean "load-balancer"\?/,
    ],
    [
      'an unknown key in a list',
      resources({ pfNames: '[x]' }),
      /^offload\.yml:2:\d+: unknown key "pfNames" in resources\.0/,
    ],
    [
      'a missing key',
      'resources:\n  - {prefix: a.org, name: x}\n',
      /^offload\.yml:2:5: "resources\.0\.vendors" is missing/,
    ],
    ['no resource', 'resources: []\n', /^offload\.yml:1:12: "resources": is empty/],
    [
      'too many of one',
      `kube-ovn:\n  interfaces: [${'a,'.repeat(101)}]\n`,
      /"kube-ovn\.interfaces": has more than 100 entries/,
    ],
    [
      'a PCI number as a number',
      resources({ devices: '[6003]' }),
      /^offload\.yml:2:\d+: "resources\.0\.devices\.0": .* in quotes/,
    ],
    [
      'a PCI number in capitals',
      resources({ vendors: '["15B3"]' }),
      /PCI number: four hexadecimal digits in lower case/,
    ],
    ['a PCI number that is too long', resources({ vendors: '["0x15b3"]' }), /PCI number/],
    ['a driver with a path', resources({ drivers: '["../x"]' }), /no name of a driver/],
    ['a prefix that is no domain', resources({ prefix: 'corigine' }), /"resources\.0\.prefix": is no domain/],
    ['a prefix in capitals', resources({ prefix: 'Corigine.com' }), /RFC 1123/],
    ['a prefix of Kubernetes', resources({ prefix: 'net.kubernetes.io' }), /kept for Kubernetes/],
    ['a prefix for quotas', resources({ prefix: 'requests.org' }), /may not begin with "requests\."/],
    ['a resource with a dot', resources({ name: 'a.b' }), /no name of a resource/],
    ['a resource with a "_" at its end', resources({ name: 'a_' }), /no name of a resource/],
    ['a resource that is too long', resources({ name: long(64) }), /no name of a resource/],
    [
      'a resource whose socket would be too long',
      resources({ prefix: `${long(50)}.org`, name: long(20) }),
      /^offload\.yml:2:\d+: prefix and name are too long together: 74 characters\n {2}.*room for 67\./,
    ],
    [
      'two resources of one name',
      resources({}, { devices: '["101c"]' }),
      /^offload\.yml:3:\d+: two resources are called a\.org\/vf/,
    ],
    [
      'two resources for the same devices',
      resources({}, { name: 'other' }),
      /^offload\.yml:3:5: "a\.org\/other" selects the same devices as "a\.org\/vf"\n {2}.*`uplinks`/,
    ],
    ['an uplink that is none', resources({ uplinks: '["a b"]' }), /no uplink/],
    ['an uplink with VFs that are none', resources({ uplinks: '["ens1#"]' }), /no uplink/],
    ['an uplink with VFs backwards', resources({ uplinks: '["ens1#7-0"]' }), /selects none/],
    ['an uplink twice', resources({ uplinks: '["ens1#0-3", "ens1#5"]' }), /^offload\.yml:2:\d+: "ens1" is there twice/],
    ['a root device that is none', resources({ 'root-devices': '["3b:00.0"]' }), /no PCI address/],
    ['a network with a dot', networks('{name: a.b}'), /"networks\.0\.name": is no name of Kubernetes \(RFC 1123/],
    ['a network in capitals', networks('{name: Fast}'), /RFC 1123/],
    ['a network that is too long', networks(`{name: ${long(64)}}`), /RFC 1123/],
    ['a network that ends in "-"', networks('{name: a-}'), /RFC 1123/],
    [
      'two networks of one name',
      networks('{name: a}', '{name: a}'),
      /^offload\.yml:3:\d+: two networks are called default\/a/,
    ],
    [
      'a network of several resources',
      resources({}, { name: 'other', devices: '["101c"]' }) + networks('{name: a}'),
      /^offload\.yml:5:5: which resource\? There are 2\n {2}Say `resource:` with one of a\.org\/vf, a\.org\/other\./,
    ],
    [
      'a network of an unknown resource',
      networks('{name: a, resource: corigine.com/agilio_sriof}'),
      /^offload\.yml:2:\d+: there is no resource "corigine\.com\/agilio_sriof", did you mean "corigine\.com\/agilio_sriov"\?/,
    ],
    ['a resource without prefix', networks('{name: a, resource: agilio_sriov}'), /no resource \(PREFIX\/NAME\)/],
    ['a subnet that is none', networks('{name: a, subnet: {name: s, cidr: [10.0.0.0]}}'), /no network/],
    [
      'a subnet with a prefix that is none',
      networks('{name: a, subnet: {name: s, cidr: [10.0.0.0/33]}}'),
      /no network/,
    ],
    ['a subnet without room', networks('{name: a, subnet: {name: s, cidr: [10.0.0.0/31]}}'), /no network/],
    ['a subnet in capitals', networks('{name: a, subnet: {name: s, cidr: ["FD00::/64"]}}'), /no network.*lower case/],
    [
      'a subnet of one family twice',
      networks('{name: a, subnet: {name: s, cidr: [10.0.0.0/24, 10.1.0.0/24]}}'),
      /^offload\.yml:2:\d+: two networks of one family/,
    ],
    [
      'two subnets of one name',
      networks(
        '{name: a, subnet: {name: s, cidr: [10.0.0.0/24]}}',
        '{name: b, subnet: {name: s, cidr: [10.1.0.0/24]}}',
      ),
      /^offload\.yml:3:\d+: two subnets are called s/,
    ],
    [
      'a pod of an unknown network',
      'pods: [{name: p, network: default/defalt}]\n',
      /did you mean "default\/default"\?/,
    ],
    [
      'a pod of several networks',
      `${networks('{name: a}', '{name: b}')}pods: [{name: p}]\n`,
      /which network\? There are 2/,
    ],
    ['two pods of one name', 'pods: [{name: p}, {name: p}]\n', /two pods are called default\/p/],
    [
      'a pod whose names are too long together',
      `${networks(`{name: ${long(63)}, namespace: ${long(63)}}`)}pods: [{name: ${long(63)}, namespace: ${long(63)}}]\n`,
      /too long together: 259 characters\n.*up to 253/,
    ],
    ['an image that is none', 'pods: [{name: p, image: "Nginx"}]\n', /no image/],
    ['an image with a blank', 'pods: [{name: p, image: "a b"}]\n', /no image/],
    ['an image with an empty tag', 'pods: [{name: p, image: "a:"}]\n', /no image/],
    ['an image that is too long', `pods: [{name: p, image: ${long(256)}}]\n`, /no image/],
    ['an interface that is too long', 'kube-ovn: {interfaces: [enp1s0f0np0.1000]}\n', /no name of an interface/],
    ['an interface that is an expression', 'kube-ovn: {interfaces: ["ens.*"]}\n', /no name of an interface/],
    ['an interface that is a command', 'kube-ovn: {interfaces: ["$(id)"]}\n', /no name of an interface/],
    [
      'an unknown installer',
      'kube-ovn: {installer: helm}\n',
      /"kube-ovn\.installer": .*"install\.sh"\|"chart"\|"chart-v2"/,
    ],
    ['a word for a switch', 'kube-ovn: {mirror: "no"}\n', /"kube-ovn\.mirror": .*boolean/],
    ['an unknown app', 'firmware: {app: bpf}\n', /"firmware\.app": .*flower/],
    ['an assembly that is none', 'firmware: {assembly: AMDA81}\n', /neither "scan" nor an assembly/],
    [
      'firmware for other cards',
      `${resources({})}firmware: {app: flower}\n`,
      /^offload\.yml:3:11: "firmware" is for Agilio cards/,
    ],
    [
      'aliases without end',
      `a: &a [x,x]\nb: &b [*a,*a]\n${'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n'}`,
      /alias|unknown key/i,
    ],
  ])('%s', async (_, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  test('a file that is not there', async () => {
    await expect(readValues('/nowhere/offload.yml')).rejects.toThrow('/nowhere/offload.yml: cannot be read (ENOENT)');
  });
});

test.each([
  'nginx',
  'nginx:1.27-alpine',
  'docker.io/library/nginx@sha256:8f3a1d0c5b6e7f2a4c9d8e1b0a7f6c5d4e3b2a1908f7e6d5c4b3a2918f0e7d6c',
  'localhost:5000/a/b__c:t_1',
  '[fd00::1]:5000/x',
])('takes the image %s', async (image) => {
  expect((await read(`pods: [{name: p, image: "${image}"}]\n`)).pods[0]?.image).toBe(image);
});
