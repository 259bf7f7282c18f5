// SPDX-License-Identifier: Apache-2.0
// Times reading the metadata of a whole CentOS repository, and what memory it takes at most: `node test/bench/metadata.ts`.
// It is made on the spot, in the proportions of the AppStream of CentOS 8, 60 MB of it, and read in a process of its own.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip, createZstdCompress } from 'node:zlib';
import { decompress } from '../../src/host/decompress.ts';
import { runProcess } from '../../src/host/process.ts';
import { writeTable } from '../../src/packages/rpm/metadata.ts';
import { RpmTable } from '../../src/packages/rpm/table.ts';

const PACKAGES = 17_000;

function* primary(): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" ';
  yield `xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${PACKAGES}">\n`;
  for (let i = 0; i < PACKAGES; i++) yield package_(i);
  yield '</metadata>\n';
}

function package_(i: number): string {
  const name = `package-${(i * 7919) % PACKAGES}-libs`;
  const evr = `epoch="0" ver="1.${i % 50}.0" rel="${i % 9}.el8"`;
  const file = `${name}-1.${i % 50}.0-${i % 9}.el8`;
  const provides = [`<rpm:entry name="${name}" flags="EQ" ${evr}/>`];
  for (let k = 1; k < 11; k++) provides.push(`<rpm:entry name="lib${name}-${k}.so.${k}(LIB_${k}.${i % 7})(64bit)"/>`);
  const requires = [];
  for (let k = 0; k < 14; k++) {
    const other = `libpackage-${(i * 31 + k * 17) % PACKAGES}-libs-${(k % 10) + 1}.so.${(k % 10) + 1}`;
    const range = k % 5 === 0 ? ' flags="GE" epoch="0" ver="1.0"' : '';
    requires.push(`<rpm:entry name="${other}(GLIBC_2.${k})(64bit)"${range}/>`);
  }
  return `<package type="rpm">
  <name>${name}</name>
  <arch>x86_64</arch>
  <version ${evr}/>
  <checksum type="sha256" pkgid="YES">${i.toString(16).padStart(64, '0')}</checksum>
  <summary>An implementation of something that is useful &amp; nice</summary>
  <description>The ${name} package contains the shared libraries needed to run programs
which use this thing. ${'It is long and tells a lot about what it does and does not. '.repeat(6)}</description>
  <packager>CentOS Buildsys &lt;bugs@centos.org&gt;</packager>
  <url>https://www.example.org/${name}/</url>
  <time file="1588352053" build="1573252400"/>
  <size package="123456" installed="345678" archive="346789"/>
  <location href="Packages/${file}.x86_64.rpm"/>
  <format>
    <rpm:license>GPLv2+ and LGPLv2+</rpm:license>
    <rpm:vendor>CentOS</rpm:vendor>
    <rpm:group>Unspecified</rpm:group>
    <rpm:buildhost>x86-01.mbox.centos.org</rpm:buildhost>
    <rpm:sourcerpm>${file}.src.rpm</rpm:sourcerpm>
    <rpm:header-range start="4504" end="23456"/>
    <rpm:provides>
      ${provides.join('\n      ')}
    </rpm:provides>
    <rpm:requires>
      ${requires.join('\n      ')}
    </rpm:requires>
    <file>/usr/bin/${name}</file>
    <file>/etc/${name}.conf</file>
  </format>
</package>
`;
}

/** What the process of its own does. */
async function readIt(path: string, compression: 'gzip' | 'zstd'): Promise<void> {
  const before = process.cpuUsage();
  const started = performance.now();
  await writeTable('primary', decompress(createReadStream(path), compression), `${path}.table`);
  const written = performance.now();
  const { user, system } = process.cpuUsage(before);
  using table = new RpmTable(`${path}.table`);
  let found = 0;
  for (let i = 0; i < 1000; i++) {
    const name = `libpackage-${i * 16}-libs-3.so.3(LIB_3.${(i * 5) % 7})(64bit)`;
    found += table.packages(`package-${i * 16}-libs`).length + table.provided(name).length;
  }
  const { maxRSS } = process.resourceUsage();
  console.log(
    `${compression}: read in ${((written - started) / 1000).toFixed(2)} s`,
    `(processor ${((user + system) / 1e6).toFixed(2)} s), peak ${(maxRSS / 1024).toFixed(0)} MiB,`,
    `2000 look-ups in ${(performance.now() - written).toFixed(0)} ms (${found} found)`,
  );
}

const [path, compression] = process.argv.slice(2);
if (path !== undefined) {
  await readIt(path, compression === 'zstd' ? 'zstd' : 'gzip');
} else {
  const scratch = await mkdtemp(join(tmpdir(), 'ovnfast-bench-'));
  try {
    let size = 0;
    for (const text of primary()) size += text.length;
    console.log(`primary.xml of ${(size / 1e6).toFixed(1)} MB, ${PACKAGES} packages`);
    for (const [kind, compressor] of [['gzip', createGzip()] as const, ['zstd', createZstdCompress()] as const]) {
      const file = join(scratch, `primary.xml.${kind}`);
      await pipeline(Readable.from(primary()), compressor, createWriteStream(file));
      const argv = [fileURLToPath(import.meta.url), file, kind];
      const options = { timeoutSeconds: 120, signal: new AbortController().signal, environment: {} };
      const { code, stdout, stderr } = await runProcess(process.execPath, argv, options);
      process.stdout.write(stdout || stderr);
      if (code !== 0) process.exitCode = 1;
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
