// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { runProcess } from '../../../src/host/process.ts';
import { renderOffload } from '../../../src/render/offload.ts';
import { scriptWith } from '../../../src/render/script.ts';
import { originOf } from '../../../src/render/seal.ts';
import { readValues } from '../../../src/render/values.ts';

// As Kube-OVN's own takes its settings: at the top, each from the environment or else its default; used below in a here-document.
const INSTALLER = `#!/usr/bin/env bash
set -euo pipefail

REGISTRY="docker.io/kubeovn"
ENABLE_MIRROR=\${ENABLE_MIRROR:-false}
HW_OFFLOAD=\${HW_OFFLOAD:-false}
ENABLE_LB=\${ENABLE_LB:-true}
ENABLE_LB_SVC=\${ENABLE_LB_SVC:-false}
# The nic to support container network can be a nic name or a group of regex
IFACE=\${IFACE:-}
DPDK_TUNNEL_IFACE=\${DPDK_TUNNEL_IFACE:-br-phy}
cat <<EOF
          - --enable-lb=$ENABLE_LB
          - --enable-mirror=$ENABLE_MIRROR
          - --iface=\${IFACE}
          - --dpdk-tunnel-iface=$DPDK_TUNNEL_IFACE
            - name: HW_OFFLOAD
              value: "$HW_OFFLOAD"
EOF
`;
const DEFAULTS = `          - --enable-lb=false
          - --enable-mirror=false
          - --iface=ensp01
          - --dpdk-tunnel-iface=br-phy
            - name: HW_OFFLOAD
              value: "true"
`;

let scratch: TemporaryDirectory;
beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'install-');
});
afterEach(async () => await scratch[Symbol.asyncDispose]());

async function run(args: string[], { installer = INSTALLER, values = '' } = {}) {
  const at = (name: string) => join(scratch.path, name);
  await writeFile(at('values.yml'), values);
  await writeFile(at('install.sh'), installer);
  const files = await renderOffload(
    await readValues(at('values.yml')),
    projectRoot(),
    originOf('1.2.3', 'offload', undefined),
  );
  const text = files.find(({ name }) => name === '20-kube-ovn-install.sh')?.text ?? '';
  await writeFile(at('20-kube-ovn-install.sh'), text);
  const { code, stdout, stderr } = await runProcess('/bin/bash', ['20-kube-ovn-install.sh', ...args], {
    timeoutSeconds: 30,
    signal: new AbortController().signal,
    cwd: scratch.path,
    environment: { PATH: process.env.PATH ?? '', ENABLE_LB: 'true', IFACE: 'other' },
  });
  return { code, stdout, stderr };
}

test('runs the install script with the settings, whatever the environment says', async () => {
  expect(await run(['install.sh'])).toEqual({
    code: 0,
    stderr: '',
    stdout: `Kube-OVN gets HW_OFFLOAD=true ENABLE_LB=false ENABLE_MIRROR=false IFACE=ensp01\n${DEFAULTS}`,
  });
});

test('with other values', async () => {
  const values = 'kube-ovn: {interfaces: [ens1.100, bond0], load-balancer: true, mirror: true}\n';
  const { stdout } = await run(['install.sh'], { values });
  expect(stdout).toContain('- --iface=^ens1[.]100$,^bond0$\n');
  expect(stdout).toContain('- --enable-lb=true\n');
  expect(stdout).toContain('- --enable-mirror=true\n');
});

test('--check runs nothing', async () => {
  const { code, stdout } = await run(['--check', 'install.sh'], { installer: `${INSTALLER}touch ran\n` });
  expect(stdout).toBe('install.sh takes HW_OFFLOAD ENABLE_LB ENABLE_MIRROR IFACE from its environment\n');
  expect(code).toBe(0);
});

test('the exit status is that of the install script', async () => {
  expect((await run(['install.sh'], { installer: `${INSTALLER}exit 7\n` })).code).toBe(7);
});

describe('refuses an install script', () => {
  const changed = (from: string, to: string) => INSTALLER.replace(from, to);
  test.each([
    // As the guide has people do it.
    [
      'that was edited',
      changed(`IFACE=\${IFACE:-}\n`, 'IFACE="ensp01"\n'),
      /line 10: IFACE is set there.*IFACE="ensp01"/,
    ],
    ['that sets one again', `${INSTALLER}if true; then\n  ENABLE_LB=true\nfi\n`, /line 21: ENABLE_LB is set there/],
    ['that exports one', `${INSTALLER}export HW_OFFLOAD=false\n`, /line 20: HW_OFFLOAD is set there/],
    ['that adds to one', `${INSTALLER}IFACE+=,x\n`, /line 20: IFACE is set there/],
    [
      'that takes one from another variable',
      changed('{ENABLE_MIRROR:-false}', '{MIRROR:-false}'),
      /line 5: ENABLE_MIRROR is set there/,
    ],
    [
      'that does not know one',
      changed(`HW_OFFLOAD=\${HW_OFFLOAD:-false}\n`, ''),
      /does not know HW_OFFLOAD\n {2}Take install\.sh of release 1\.12/,
    ],
    ['that is none', '<html>404</html>\n', /install\.sh is no bash script/],
    ['that was cut off in a here-document', INSTALLER.replace(/EOF\n$/, ''), /is damaged: .*here-document/],
    ['that was cut off in a command', `${INSTALLER}if true; then\n`, /is damaged: .*end of file/],
  ])('%s', async (_, installer, message) => {
    const { code, stdout, stderr } = await run(['install.sh'], { installer: `${installer}` });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each([
    ['that is missing', ['other.sh'], /other\.sh cannot be read/],
    ['beside another', ['install.sh', 'other.sh'], /one install script, not "install\.sh" and "other\.sh"/],
    ['that is not named', [], /^Usage: /],
    ['with an unknown option', ['--chek', 'install.sh'], /unknown option --chek/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await run(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('a value is put into a script only where it belongs', () => {
  const script = (constants: Record<string, string>) => scriptWith(projectRoot(), 'kube-ovn-install.sh', constants);

  test('in place of the constant', async () => {
    expect(await script({ IFACE: '^a$,^b$' })).toContain("\ndeclare -rx IFACE='^a$,^b$'\n");
  });
  test.each(["'", '"', '`', '\\', ' ', '\n', '(', ';', '&', '|', '<'])('without %j', async (character) => {
    await expect(script({ IFACE: `a${character}` })).rejects.toThrow('no value for IFACE');
  });
  test('and nowhere when there is no such constant', async () => {
    await expect(script({ IFACES: 'a' })).rejects.toThrow('0 constants are called IFACES');
  });
});
