// SPDX-License-Identifier: Apache-2.0
import { lockPath } from '../matrix/matrix.ts';
import { labelOf } from '../matrix/targets.ts';
import type { Matrix, Target, ToolSysroot } from '../matrix/types.ts';
import type { Subject } from '../packages/subject.ts';

/** What a lock file is of; `names` as JSON has them: `kernel` of a target, `sysroot` of what goes with no kernel. */
export type LockSubject = {
  subject: Subject;
  file: string;
  label: string;
  names: { id: string; kernel?: string; sysroot?: string };
};

/**
 * What `ovnfast lock` and its `--check` are about: targets and the toolchains of their distributions; with `tools` the shared
 * sysroots too, or, where no targets are asked for (undefined), those and the toolchains of the default set.
 */
export function lockSubjects(matrix: Matrix, targets: Target[] | undefined, tools: boolean): LockSubject[] {
  const { directory, toolchains } = matrix;
  const isWanted = ({ group, distribution }: ToolSysroot) =>
    targets ? targets.some(({ id }) => id === group) : distribution.default;
  return [
    ...(targets ?? []).map((target): LockSubject => {
      const { id, kernel } = target;
      return {
        subject: { target },
        file: lockPath(directory, id, kernel),
        label: labelOf(target),
        names: { id, kernel },
      };
    }),
    ...[...toolchains.filter(isWanted), ...(tools ? matrix.tools : [])].map((tool): LockSubject => {
      const { group, name } = tool;
      const label = group === 'tools' ? name : `${group}/${name}`;
      return { subject: { tool }, file: lockPath(directory, group, name), label, names: { id: group, sysroot: name } };
    }),
  ];
}
