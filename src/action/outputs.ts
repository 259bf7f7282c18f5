// SPDX-License-Identifier: Apache-2.0
import * as core from '@actions/core';

/** The outputs of action.yml, all of them text. */
export type Outputs = {
  status: string;
  report: string;
  modules: string;
  'artifact-id': string;
  'artifact-url': string;
  'release-url': string;
  matrix: string;
  'cache-hit': string;
};

/** Hands outputs to the steps that follow; those that are undefined or left out stay empty there. */
export function setOutputs(outputs: { [Name in keyof Outputs]?: string | undefined }): void {
  for (const [name, value] of Object.entries(outputs)) if (value !== undefined) core.setOutput(name, value);
}
