// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../../errors.ts';
import type { Archive } from '../../matrix/types.ts';
import type { Offers, OffersOptions } from '../offers.ts';

/** Opens the repositories of the RPM family. */
export async function openRepositories(archives: Archive[], _options: OffersOptions): Promise<Offers> {
  throw new EnvironmentError(`the repositories of ${archives.map(({ name }) => name).join(', ')} cannot be read yet`);
}
