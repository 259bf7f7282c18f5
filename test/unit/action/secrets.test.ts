// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from 'vitest';
import { maskSecrets } from '../../../src/action/secrets.ts';
import { readLog } from '../../action-log.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the runner is told to mask, and all that was printed. */
function masked(inputs: Record<string, string>): { masks: string[]; printed: string } {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  maskSecrets(
    Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  );
  vi.restoreAllMocks();
  return { masks: readLog(printed).masks, printed };
}

const KEY =
  '-----BEGIN PRIVATE KEY-----\r\nMIGHAgEAMBMGByqGSM49\r\nAgEGCCqGSM49AwEHBG0w\r\nab=\r\n-----END PRIVATE KEY-----\n';

test('a key is masked line by line; what everybody knows of it, and what is too short, is not', () => {
  expect(masked({ 'signing-key': KEY }).masks).toEqual(['MIGHAgEAMBMGByqGSM49', 'AgEGCCqGSM49AwEHBG0w']);
});

test.each<[string, Record<string, string>, string[]]>([
  ['token and passphrase', { token: 'ghs_abc', 'signing-passphrase': ' open sesame ' }, ['ghs_abc', 'open sesame']],
  [
    'the PIN of a token, not its address',
    { 'signing-key': 'pkcs11:token=a;object=b?pin-value=123456&x=y' },
    ['123456'],
  ],
  ['no key, nothing', { 'signing-key': 'pkcs11:token=a;object=b', mirror: 'http://a.example/x:y@z' }, []],
  [
    'passwords of mirrors, as they are written and meant',
    { mirror: 'https://me:pass%20word@a.example/debian, http://b.example\nhttp://u:other@c.example' },
    ['pass%20word', 'pass word', 'other'],
  ],
])('%s', (_, inputs, masks) => {
  expect([...new Set(masked(inputs).masks)]).toEqual(masks);
});

test('nothing of a secret is printed but to mask it', () => {
  const { printed } = masked({ 'signing-key': KEY, token: 'a\n::stop-commands::x' });
  expect(printed.split('\n').filter((line) => line !== '' && !line.startsWith('::add-mask::'))).toEqual([]);
});
