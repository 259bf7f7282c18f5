// SPDX-License-Identifier: Apache-2.0
import * as core from '@actions/core';
import type { Edge } from '../commands/edge.ts';
import { isTokenKey } from '../release/token.ts';
import { inputOf } from './reader.ts';

/** What is shorter would make stars of half a log. */
const SHORTEST_SECRET = 4;
const ARMOUR = /^-----(BEGIN|END) [A-Z ]+-----$/;

/**
 * Has the runner make stars of the secrets among the inputs: a key line by line, as it would be seen; of a PKCS#11 URI the PIN,
 * of addresses the passwords. To be called before anything is printed.
 */
export function maskSecrets(environment: Edge['environment']): void {
  const [token, key, passphrase] = ['token', 'signing-key', 'signing-passphrase'].map((name) =>
    inputOf(environment, name),
  );
  for (const secret of [token, hidden(key ?? ''), passphrase, ...passwords(inputOf(environment, 'mirror'))])
    mask(secret);
}

function mask(secret = ''): void {
  for (const line of secret.split(/\r?\n/).map((one) => one.trim())) {
    if (line.length >= SHORTEST_SECRET && !ARMOUR.test(line)) core.setSecret(line);
  }
}

function hidden(key: string): string {
  return isTokenKey(key) ? (/[;?&:]pin-value=([^;&]*)/i.exec(key)?.[1] ?? '') : key;
}

/** As they are written, and as they are meant. */
function passwords(addresses: string): string[] {
  return [...addresses.matchAll(/:\/\/[^\s,/@:]*:([^\s,/@]+)@/g)].flatMap(([, word = '']) => {
    try {
      return [word, decodeURIComponent(word)];
    } catch {
      return [word];
    }
  });
}
