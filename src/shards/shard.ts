// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { readDocument } from '../matrix/document.ts';

/** Jobs that GitHub makes of one matrix at most (docs.github.com, "Running variations of jobs in a workflow"). */
export const GITHUB_MATRIX_LIMIT = 256;

/** Beginning of the names of all artifacts of a run. The rest of a name follows after SEPARATOR. */
export const DEFAULT_ARTIFACT = 'ovnfast';

/** Stands in no prefix, so that `PREFIX--*` means the artifacts of one run and of no other in the same workflow. */
export const SEPARATOR = '--';

const MAXIMUM_PLAN_BYTES = 8 * 2 ** 20;
/** More than any cluster runs at a time; a limit all the same, because a file from outside may be anything. */
const MAXIMUM_SHARDS = 10_000;

/** Letters that an artifact on GitHub, a file anywhere and a label of a glob pattern may all have. */
const artifactName = z
  .string()
  .max(200, 'is too long (up to 200 characters)')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'is no name of an artifact (letters, digits, "._+-")');

/** `id`, or `id/kernel-release`. */
const target = z
  .string()
  .max(300, 'is too long (up to 300 characters)')
  .regex(/^[\w.+~-]+(\/[\w.+~:-]+)?$/, 'is no target (id or id/kernel-release)');

const suite = z.string().min(1).max(1000);

const shardSchema = z.strictObject({
  /** For people. */
  name: z.string().min(1).max(1000),
  artifact: artifactName,
  /** As `--target` takes them: `id/kernel-release`; an `id` alone stands for a distribution that nobody could ask. */
  targets: z.array(target).min(1, 'is empty'),
  /** As `--suite` takes them: names, or paths of directories. Empty: build only. */
  suites: z.array(suite),
});

const planSchema = z
  .strictObject({ include: z.array(shardSchema).min(1, 'is empty').max(MAXIMUM_SHARDS) })
  .superRefine(({ include }, context) => {
    const names = new Set<string>();
    const pairs = new Set<string>();
    for (const [index, { artifact, targets, suites }] of include.entries()) {
      if (names.has(artifact)) {
        context.addIssue({
          code: 'custom',
          message: `two shards have the artifact "${artifact}"`,
          path: ['include', index, 'artifact'],
        });
      }
      names.add(artifact);
      for (const pair of targets.flatMap((label) =>
        (suites.length > 0 ? suites : ['']).map((one) => `${label} ${one}`),
      )) {
        if (pairs.has(pair)) {
          context.addIssue({ code: 'custom', message: `two shards are to run ${pair}`, path: ['include', index] });
        }
        pairs.add(pair);
      }
    }
  });

/** What one job of a run that is spread over many has to do. */
export type Shard = z.infer<typeof shardSchema>;

/** The jobs of a run: what `strategy.matrix` of a workflow takes, and what `ovnfast merge --plan` holds their reports against. */
export type ShardPlan = z.infer<typeof planSchema>;

/** The beginning of artifact names, checked. Throws InputError with what it may be made of. */
export function checkArtifactPrefix(prefix: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(prefix) && !prefix.includes(SEPARATOR) && !prefix.endsWith('-')) {
    return prefix;
  }
  throw new InputError(`"${prefix}" is no beginning of artifact names`, {
    remedy: `Up to 64 letters, digits, ".", "_" and "-"; no "${SEPARATOR}", and no "-" at its ends.`,
  });
}

/** Reads a plan, as `ovnfast plan --github` printed it. Throws InputError with `file:line:column` for what does not fit. */
export async function readShardPlan(path: string): Promise<ShardPlan> {
  const found = await stat(path).catch(() => undefined);
  if (found && found.size > MAXIMUM_PLAN_BYTES) {
    throw new InputError(`larger than ${MAXIMUM_PLAN_BYTES / 2 ** 20} MiB, which no plan is`, { where: path });
  }
  // JSON is YAML, and this reader says where a mistake is.
  return (await readDocument(path, planSchema)).value;
}
