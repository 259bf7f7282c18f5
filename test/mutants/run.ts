// SPDX-License-Identifier: Apache-2.0
// npm run mutants [-- [--target debian-12] [--module bypass] [--full] [--jobs N] [NAME...]]
// Breaks the product in every known way, one at a time, and shows that the tests notice. Exit status 1 when one survives.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { baselines, loadMutants, tryMutant, type Verdict } from './mutant.ts';

const { values, positionals } = parseArgs({
  options: {
    target: { type: 'string', default: 'debian-12' },
    module: { type: 'string' },
    full: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
  allowPositionals: true,
});
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs ${values.jobs} is not a number of mutants at a time`);
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('interrupted')));

const all = (await loadMutants()).filter(({ module }) => [undefined, module].includes(values.module));
if (all.length === 0) throw new Error(`there are no mutants of the module ${values.module}`);
const chosen = positionals.length > 0 ? all.filter(({ name }) => positionals.includes(name)) : all;
const unknown = positionals.filter((name) => !all.some((mutant) => mutant.name === name));
if (unknown.length > 0)
  throw new Error(`no mutant ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);

const options = { target: values.target, full: values.full, signal: interruption.signal };
for (const whole of baselines(chosen)) {
  const unbroken = await tryMutant(whole, options);
  if (unbroken.caught) {
    console.log(`${whole.name} does not pass, so mutants show nothing: ${unbroken.detail}`);
    process.exit(1);
  }
  console.log(`${whole.name.padEnd(36)} passes (${unbroken.seconds.toFixed(0)} s)`);
}

const slots = pLimit(jobs);
const verdicts = await Promise.all(
  chosen.map((mutant) =>
    slots(async (): Promise<Verdict> => {
      const verdict = await tryMutant(mutant, options).catch((error: Error) => {
        if (interruption.signal.aborted) throw error;
        return { mutant, caught: false, detail: error.message, seconds: 0 };
      });
      const said = verdict.caught ? `caught by ${verdict.detail}` : `SURVIVED ${verdict.detail}`;
      console.log(`${mutant.name.padEnd(36)} ${said} (${verdict.seconds.toFixed(0)} s)`);
      return verdict;
    }),
  ),
);
const survivors = verdicts.filter(({ caught }) => !caught);
console.log(`\n${verdicts.length - survivors.length} of ${verdicts.length} mutants caught on ${values.target}`);
process.exitCode = survivors.length > 0 ? 1 : 0;
