// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';

/** What commands are made of, what ends lines or looks like white space, and what is taken out or put in on the way. */
const FRAGMENTS = [
  ...['::', '::', ':', '##[', '##', '[', ']', ']]', '=', ',', ';', ' ', 'x'],
  ...[
    '::add-mask::',
    '::error file=a.c,line=1::',
    '::stop-commands::',
    '::endgroup::',
    '##[group]',
    '##[set-env name=PATH]',
  ],
  ...['\n', '\r', '\r\n', '\n\n', '\t', '\u000b', '\u000c', '\u0085', '\u00a0', '\u2028', '\u3000', '\ufeff', '\u200b'],
  ...[
    '%',
    '%0A',
    '%0D',
    '%25',
    '%3A',
    '%2C',
    '\u001b',
    '\u001b[31m',
    '\u001b[0;1m',
    '\u001b]0;x\u0007',
    '\u0000',
    '\ud800',
  ],
];

/** Text that tries to be a workflow command. */
export const hostileText = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => parts.join(''));
