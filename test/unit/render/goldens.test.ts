// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { projectRoot } from '../../../src/host/paths.ts';
import { OFFLOAD_FILES, renderManifests, renderOffload } from '../../../src/render/offload.ts';
import { authorshipOf, originOf } from '../../../src/render/seal.ts';
import { readValues } from '../../../src/render/values.ts';
import { checkManifest } from './kinds.ts';

const root = projectRoot();
const fixtures = join(root, 'test/fixtures/render');

const cases: [name: string, values: string | undefined][] = [
  ['defaults', undefined],
  ['mellanox', join(fixtures, 'mellanox.yml')],
  ['several', join(fixtures, 'several.yml')],
];

async function rendered(file: string | undefined) {
  const values = await readValues(file);
  const origin = originOf('1.2.3', 'offload', file);
  return { files: await renderOffload(values, root, origin), stream: renderManifests(values, origin) };
}

const documents = (text: string) => parseAllDocuments(text).map((document) => document.toJS());

describe.each(cases)('%s', (name, values) => {
  test('the files are those checked in', async () => {
    const { files, stream } = await rendered(values);
    for (const file of files) await expect(file.text).toMatchFileSnapshot(join(fixtures, name, file.name));
    await expect(stream).toMatchFileSnapshot(join(fixtures, name, 'stream.yml'));
  });

  test('every manifest is what the cluster knows, also with a reader of YAML 1.1', async () => {
    const { files, stream } = await rendered(values);
    const manifests = files.filter((file) => file.name.endsWith('.yml')).flatMap(({ text }) => documents(text));
    expect(manifests.length).toBeGreaterThanOrEqual(3);
    for (const manifest of manifests) checkManifest(manifest);
    expect(documents(stream)).toEqual(manifests);
    const old = parseAllDocuments(stream, { version: '1.1' }).map((document) => document.toJS());
    expect(old).toEqual(manifests);
  });

  test('each file is known again as rendered, and has a name of the family', async () => {
    const { files } = await rendered(values);
    for (const { name, text, executable } of files) {
      expect(OFFLOAD_FILES).toContain(name);
      expect(authorshipOf(text)).toBe('rendered');
      expect(authorshipOf(`${text}# more\n`)).toBe('changed');
      expect(executable).toBe(text.startsWith('#!'));
    }
  });
});

test('the schemas notice what is wrong', () => {
  const pod = (container: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x' },
    spec: { containers: [container] },
  });
  const resources = { requests: { 'a.b/c': '1' }, limits: { 'a.b/c': '1' } };
  expect(() => checkManifest(pod({ name: 'x', image: 'y', resources }))).not.toThrow();
  expect(() => checkManifest(pod({ image: 'y', resources }))).toThrow(/name/);
  expect(() =>
    checkManifest(pod({ name: 'x', image: 'y', resources: { ...resources, limits: { 'a.b/c': true } } })),
  ).toThrow();
  expect(() => checkManifest(pod({ name: 'x', img: 'y', resources }))).toThrow(/img/);
  expect(() => checkManifest({ kind: 'Deployment' })).toThrow();
});

// What Kube-OVN's own guide for Corigine has people type, word for word.
test('without values it is what the guide has people type', async () => {
  const { files } = await rendered(undefined);
  const [configMap, network, pod] = files.filter(({ name }) => name.endsWith('.yml')).map(({ text }) => parse(text));
  expect(configMap).toMatchObject({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'sriovdp-config', namespace: 'kube-system' },
  });
  expect(JSON.parse(configMap.data['config.json'])).toEqual(
    JSON.parse(`{
      "resourceList": [{
        "resourcePrefix": "corigine.com",
        "resourceName": "agilio_sriov",
        "selectors": {
          "vendors": ["19ee"],
          "devices": ["6003"],
          "drivers": ["nfp_netvf"]
        }
      }]
    }`),
  );
  const { config } = network.spec;
  expect({ ...network, spec: {} }).toEqual(
    parse(`
apiVersion: "k8s.cni.cncf.io/v1"
kind: NetworkAttachmentDefinition
metadata:
  name: default
  namespace: default
  annotations:
    k8s.v1.cni.cncf.io/resourceName: corigine.com/agilio_sriov
spec: {}
`),
  );
  expect(JSON.parse(config)).toEqual(
    JSON.parse(`{
      "cniVersion": "0.3.1",
      "name": "kube-ovn",
      "plugins":[
        {
          "type":"kube-ovn",
          "server_socket":"/run/openvswitch/kube-ovn-daemon.sock",
          "provider": "default.default.ovn"
        },
        {
          "type":"portmap",
          "capabilities":{
            "portMappings":true
          }
        }
      ]
    }`),
  );
  expect(pod).toEqual(
    parse(`
apiVersion: v1
kind: Pod
metadata:
  name: nginx
  namespace: default
  annotations:
    v1.multus-cni.io/default-network: default/default
spec:
  containers:
  - name: nginx
    image: docker.io/library/nginx:alpine
    resources:
      requests:
        corigine.com/agilio_sriov: '1'
      limits:
        corigine.com/agilio_sriov: '1'
`),
  );
  const install = files.find(({ name }) => name === '20-kube-ovn-install.sh')?.text ?? '';
  for (const setting of ["ENABLE_MIRROR='false'", "HW_OFFLOAD='true'", "ENABLE_LB='false'", "IFACE='ensp01'"]) {
    expect(install).toContain(`declare -rx ${setting}\n`);
  }
});
