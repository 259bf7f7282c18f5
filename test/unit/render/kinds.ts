// SPDX-License-Identifier: Apache-2.0
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Pod } from 'kubernetes-models/v1/Pod';
import { z } from 'zod';

const metadata = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** The CRD of the Network Plumbing Working Group: `config` is text, and the text a list of CNI plugins in JSON. */
const networkAttachment = z.strictObject({
  apiVersion: z.literal('k8s.cni.cncf.io/v1'),
  kind: z.literal('NetworkAttachmentDefinition'),
  metadata,
  spec: z.strictObject({ config: z.string() }),
});

/** As CNI 0.3.1 has a list, and Kube-OVN's and the portmap plugin their parts of it. */
export const cniConfig = z.strictObject({
  cniVersion: z.literal('0.3.1'),
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/),
  plugins: z.tuple([
    z.strictObject({ type: z.literal('kube-ovn'), server_socket: z.string(), provider: z.string() }),
    z.strictObject({ type: z.literal('portmap'), capabilities: z.strictObject({ portMappings: z.literal(true) }) }),
  ]),
});

/** The part of Kube-OVN's CRD that is used. */
const subnet = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('Subnet'),
  metadata,
  spec: z.strictObject({
    protocol: z.enum(['IPv4', 'IPv6', 'Dual']),
    cidrBlock: z.string(),
    provider: z.string(),
    natOutgoing: z.boolean(),
    enableLb: z.boolean(),
  }),
});

const words = z.array(z.string()).min(1);

/** ResourceConfList of the SR-IOV network device plugin, pkg/types/types.go; the name by its ValidResourceName. */
export const devicePluginConfig = z.strictObject({
  resourceList: z.array(
    z.strictObject({
      resourcePrefix: z.string(),
      resourceName: z.string().regex(/^[a-zA-Z0-9_-]+$/),
      selectors: z.strictObject({
        vendors: words,
        devices: words,
        drivers: words,
        pfNames: words.optional(),
        rootDevices: words.optional(),
        isRdma: z.boolean().optional(),
      }),
    }),
  ),
});

// What the schemas of Kubernetes let pass, as its API server does when it is not asked to be strict: keys that it does not know.
const podKeys = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z.strictObject({
    containers: z.array(
      z.strictObject({
        name: z.string(),
        image: z.string(),
        resources: z.strictObject({
          requests: z.record(z.string(), z.string()),
          limits: z.record(z.string(), z.string()),
        }),
      }),
    ),
  }),
});
const configMapKeys = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  data: z.record(z.string(), z.string()),
});

type Manifest = { kind: string } & Record<string, unknown>;

/** Throws when a manifest is not what the cluster knows under its kind. */
export function checkManifest(manifest: unknown): void {
  const { kind } = manifest as Manifest;
  if (kind === 'Pod') {
    new Pod(manifest as ConstructorParameters<typeof Pod>[0]).validate();
    podKeys.parse(manifest);
  } else if (kind === 'ConfigMap') {
    new ConfigMap(manifest as ConstructorParameters<typeof ConfigMap>[0]).validate();
    const { data } = configMapKeys.parse(manifest);
    devicePluginConfig.parse(JSON.parse(data['config.json'] ?? ''));
  } else if (kind === 'NetworkAttachmentDefinition') {
    cniConfig.parse(JSON.parse(networkAttachment.parse(manifest).spec.config));
  } else if (kind === 'Subnet') subnet.parse(manifest);
  else throw new Error(`no manifest may be a ${kind}`);
}
