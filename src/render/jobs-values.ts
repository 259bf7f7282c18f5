// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { readDocument } from '../matrix/document.ts';
import { imageReference, label, resourceReference, subdomain } from './names.ts';

/** A path in a container; it becomes part of command lines and of mounts. */
const path = z
  .string()
  .max(1000, 'is too long')
  .regex(/^(\/[\w.+-]+)+$/, 'is no absolute path (letters, digits and "._+-" between the "/")')
  .refine((text) => !/\/\.{1,2}(\/|$)/.test(text), 'has a "." or ".." in it');

const schema = z.strictObject({
  /** Holds Node.js and this tool, and the sources if they are not those of the tool. By digest is best: all jobs then run the same. */
  image: imageReference,
  /** Where the tool is in the image. */
  tool: path.default('/opt/ovnfast'),
  /** What the paths of `--module` and `--suite` start from in the image. */
  source: path.default('/src'),
  namespace: label.default('default'),
  volume: z
    .strictObject({
      claim: subdomain.default('ovnfast'),
      /** Rendered as a claim of that many GiB; left out when the claim is there already. */
      'size-gib': z.int().min(1).max(100_000).exactOptional(),
      class: subdomain.exactOptional(),
    })
    .prefault({}),
  /** Of a device plugin that hands out /dev/kvm, such as devices.kubevirt.io/kvm; without one, machines are emulated. */
  kvm: resourceReference.exactOptional(),
  /** False for clusters whose pods cannot have a user namespace: the container is then root's, with two capabilities. */
  'user-namespaces': z.boolean().default(true),
  processors: z.int().min(1).max(256).default(2),
  /** Left out: by the machines of the suites. */
  'memory-mib': z.int().min(512).max(1_048_576).exactOptional(),
  'deadline-minutes': z.int().min(1).max(10_080).default(120),
  'keep-hours': z.int().min(0).max(8760).default(24),
});

/** What a cluster is like that jobs are rendered for. */
export type JobsValues = z.output<typeof schema>;

/** Reads a values file for jobs. Throws InputError with `file:line:column` for what does not fit. */
export async function readJobsValues(file: string): Promise<JobsValues> {
  return (await readDocument(file, schema)).value;
}
