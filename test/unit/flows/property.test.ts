// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionsText, type Flow } from '../../../src/flows/flow.ts';
import { judgeFlows } from '../../../src/flows/judge.ts';
import { parseFlow } from '../../../src/flows/parse.ts';
import { corigine } from './lines.ts';

// The same lines in every run: a failure is one for everybody. OVNFAST_SEED=N tries others.
fc.configureGlobal({ seed: Number(process.env.OVNFAST_SEED ?? 5) });

const real = ['two-nodes', 'acl', 'load-balancer'].flatMap((name) =>
  readFileSync(new URL(`../../fixtures/flows/${name}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n'),
);

/** A real line with some characters put in, taken away, or a part of it once more. */
const damaged = fc
  .tuple(
    fc.constantFrom(...real, ...corigine),
    fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.constantFrom(...'(){},=/: 0129afx-+|\u0000\u202e"')), { maxLength: 4 }),
  )
  .map(([line, edits]) =>
    edits.reduce((text, [place, length, character]) => {
      const at = place % (text.length + 1);
      if (length > 15) return text.slice(0, at) + text.slice(at - length);
      return text.slice(0, at) + (length % 2 === 0 ? character : '') + text.slice(at + length);
    }, line),
  );

test('a line is a flow, all of it, or has a fault at one of its characters', () => {
  const seen = { flows: 0, faults: 0 };
  fc.assert(
    fc.property(damaged, (line) => {
      const read = parseFlow(line);
      if ('fault' in read) {
        seen.faults++;
        expect(read.column).toBeGreaterThanOrEqual(1);
        expect(read.column).toBeLessThanOrEqual(line.length + 1);
      } else {
        seen.flows++;
        for (const { text } of read.flow.match) expect(line).toContain(text);
        expect(line).toContain(`actions:${actionsText(read.flow)}`);
      }
    }),
    { numRuns: 2000 },
  );
  expect(seen.flows).toBeGreaterThan(100);
  expect(seen.faults).toBeGreaterThan(100);
});

test('whatever flows there are, each is judged, with a reason where it is not offloaded', () => {
  const flow = damaged.map((line) => parseFlow(line)).filter((read) => 'flow' in read);
  const kernel = fc.constantFrom(undefined, '4.9.0', '4.18.0-240.el8', '5.10.0-46-amd64', '6.12');
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 8 }), kernel, (reads, release) => {
      const flows: Flow[] = reads.map((read) => read.flow);
      const judged = judgeFlows(flows, release === undefined ? {} : { kernel: release });
      expect(judged.flows).toHaveLength(flows.length);
      for (const { verdict, why = [], offloaded } of judged.flows) {
        expect(why.length > 0).toBe(verdict === 'missed' || verdict === 'exempt');
        if (verdict === 'offloaded' || verdict === 'uncounted') expect(offloaded).toBe('yes');
      }
      const { missed, offloaded } = judged.counts;
      if (judged.passed) expect({ missed, proven: offloaded > 0 }).toEqual({ missed: 0, proven: true });
    }),
    { numRuns: 500 },
  );
});
