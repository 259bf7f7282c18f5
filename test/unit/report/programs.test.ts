// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { reportPage } from '../../../src/report/html/page.ts';
import { type Report, validateReport } from '../../../src/report/model.ts';
import { sampleReport, sampleTarget } from './sample.ts';

const object = { path: 'debian-12/a.bpf.o', name: 'a', sha256: 'a'.repeat(64), size: 3664, btf: true };
const programs = [{ ...object, sections: ['sockops', 'sk_msg'], maps: ['sockets'], license: 'GPL' }];
const executables = [{ path: 'debian-12/loader', sha256: 'b'.repeat(64), size: 411 }];

function reportOf(build: object): Report {
  const seconds = 1;
  return sampleReport([sampleTarget(0, { build: { status: 'pass', seconds, diagnostics: [], ...build } })]);
}

test('the page shows eBPF objects and what goes with them where it shows modules', () => {
  const page = reportPage(reportOf({ programs, executables }), new Map());
  for (const part of ['href="debian-12/a.bpf.o"', 'sockops, sk_msg', 'sockets', 'href="debian-12/loader"']) {
    expect(page).toContain(part);
  }
  expect(page).not.toContain('vermagic');
});

test('a report names objects by places in its own directory', () => {
  expect(validateReport(reportOf({ programs, executables })).targets[0]?.build?.programs).toEqual(programs);
  const outside = [{ ...programs[0], path: '../a.bpf.o' }];
  expect(() => validateReport(reportOf({ programs: outside }))).toThrow(/programs\.0\.path: is not a path inside/);
});
