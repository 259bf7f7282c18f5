// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { evaluate } from '../../github/expressions.ts';

const contexts = {
  inputs: { release: 'v1', draft: false, empty: '' },
  needs: { plan: { outputs: { matrix: '{"include":[{"suites":["a","b"]}]}' } } },
  matrix: { suites: ['a', 'b'] },
};
/** As a workflow has it. */
const expression = (text: string) => ['${{', text, '}}'].join(' ');

test.each<[string, unknown]>([
  ['inputs.release', 'v1'],
  ["inputs.release != '' && inputs.draft == 'false'", true],
  ["inputs.empty || 'it''s'", "it's"],
  ["!inputs.draft && (inputs.empty == 'x' || inputs.empty == '')", true],
  ["join(matrix.suites, ',')", 'a,b'],
  ['fromJSON(needs.plan.outputs.matrix)', { include: [{ suites: ['a', 'b'] }] }],
  ['needs.other.outputs.matrix', undefined],
  ['cancelled()', false],
])('%s', (text, value) => {
  expect(evaluate(expression(text), contexts)).toEqual(value);
});

test('in a text they are text', () => {
  const [release, draft, missing] = ['inputs.release', 'inputs.draft', 'inputs.no'].map(expression);
  expect(evaluate(`a ${release}, ${draft}, ${missing}.`, contexts)).toBe('a v1, false, .');
  expect(evaluate(7, contexts)).toBe(7);
});

test.each(['secret', 'toJSON(inputs)', 'inputs.', 'a b', '"x"', 'inputs.release ==', '(inputs.release'])(
  '%s is not known, and not passed over',
  (text) => {
    expect(() => evaluate(expression(text), contexts)).toThrow();
  },
);
