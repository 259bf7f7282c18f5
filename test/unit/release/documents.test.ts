// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Version } from '@cyclonedx/cyclonedx-library/Spec';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { assemble, type Release } from '../../../src/release/assemble.ts';
import { digestsOf } from '../../../src/release/collect.ts';
import { Mistakes } from '../../../src/release/mistakes.ts';
import { checkNames, fileName, versionOf } from '../../../src/release/names.ts';
import { MAXIMUM_NOTES, makeNotes } from '../../../src/release/notes.ts';
import { builderOf } from '../../../src/release/provenance.ts';
import { uuidOf } from '../../../src/release/uuid.ts';
import { IMAGE, IMAGE_BASE } from './image-base.ts';
import { writeOutput, writePrograms, writeSources } from './outputs.ts';

const SOURCES = { Kbuild: 'obj-m := sample.o\n', 'lib/a.c': 'same\n', 'lib/b.c': 'same\n' };

let scratch: TemporaryDirectory;
let release: Release;
const read = async (name: string) => JSON.parse(await readFile(join(release.directory, name), 'utf8'));

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-documents-');
  const at = (name: string) => join(scratch.path, name);
  const source = await writeSources(at('sample'), SOURCES);
  await writeOutput(
    at('out'),
    [
      { id: 'debian-12', kernel: '6.1.0-9-amd64' },
      { id: 'rocky-9', kernel: '5.14.0-1.el9.x86_64' },
    ],
    { source },
  );
  const programs = await writeSources(at('bypass'), { 'bypass.bpf.c': '' });
  await writePrograms(at('programs'), [{ id: 'debian-12', kernel: '6.1.0-9-amd64' }], { source: programs });
  release = await assemble({
    ...{ directories: [at('out'), at('programs')], tag: 'v1.2.0', moduleDirectories: [at('sample'), at('bypass')] },
    ...{ allowFailed: false, out: at('release'), toolVersion: '0.1.0', repository: 'https://github.com/o/r' },
    ...{ root: projectRoot(), image: IMAGE },
    ...{ environment: { SOURCE_DATE_EPOCH: '1700000000' }, signal: new AbortController().signal },
  });
});
afterAll(() => scratch[Symbol.asyncDispose]());

const PACKAGES = {
  module: ['deb/debian/bubblewrap', 'deb/debian/gcc', 'deb/debian/image-6.1.0-9-amd64', 'deb/debian/make'],
  rpm: ['deb/debian/bubblewrap', 'rpm/rocky/gcc', 'rpm/rocky/image-5.14.0-1.el9.x86_64', 'rpm/rocky/make'],
  programs: ['deb/debian/bubblewrap', 'deb/debian/clang-14'],
};
const isBundled = (name: string) => /^(\.\/)?(ovnfast-node|node-install)/.test(name);
/** Of the bundle: packages that it has in it. */
const BUNDLED: Record<string, string[]> = { 'ovnfast-node-1.2.0.oci.tar': ['deb/debian/busybox-static'] };
const isOf = (name: string) =>
  isBundled(name)
    ? (BUNDLED[name.replace(/^\.\//, '')] ?? [])
    : name.includes('rocky')
      ? PACKAGES.rpm
      : name.endsWith('.ko')
        ? PACKAGES.module
        : PACKAGES.programs;

describe('CycloneDX', () => {
  const validator = new JsonStrictValidator(Version.v1dot6);

  test('fits the official schema, which notices what does not', async () => {
    const text = await readFile(join(release.directory, 'sbom.cdx.json'), 'utf8');
    expect(await validator.validate(text)).toBeNull();
    expect(await validator.validate(text.replace('"device-driver"', '"driver"'))).not.toBeNull();
  });

  test('says of each file which sources and which packages it was made of, no more and no less', async () => {
    type Component = {
      'bom-ref': string;
      name: string;
      purl?: string;
      hashes?: { alg: string; content: string }[];
      components?: Component[];
    };
    const bom = (await read('sbom.cdx.json')) as {
      components: Component[];
      dependencies: { ref: string; dependsOn?: string[] }[];
    };
    const known = new Map(bom.components.map((one) => [one['bom-ref'], one]));
    for (const { name, digest } of release.provenance.subject) {
      const component = known.get(`file:${name}`);
      expect(component?.hashes).toContainEqual({ alg: 'SHA-256', content: digest.sha256 });
      const needs = bom.dependencies.find(({ ref }) => ref === `file:${name}`)?.dependsOn ?? [];
      const purls = needs.map((ref) => known.get(ref)?.purl).filter((purl) => purl !== undefined);
      expect(purls.map((purl) => purl.replace(/^pkg:|@.*$/g, '')).sort()).toEqual(isOf(name));
      expect(needs.filter((ref) => ref.startsWith('source:'))).toHaveLength(isBundled(name) ? 0 : 1);
    }
    const sources = bom.components.filter((one) => one['bom-ref'].startsWith('source:'));
    expect(sources.flatMap(({ components }) => (components ?? []).map(({ name }) => name)).sort()).toEqual(
      [...Object.keys(SOURCES), 'bypass.bpf.c'].sort(),
    );
    const busybox = [...known.values()].find(({ name }) => name === 'busybox-static');
    expect(busybox).toMatchObject({
      scope: 'required',
      externalReferences: expect.arrayContaining([
        expect.objectContaining({ type: 'source-distribution', comment: 'busybox 1:1.35.0-4' }),
        expect.objectContaining({ type: 'source-distribution', comment: 'glibc 2.36-9' }),
      ]),
    });
    const purls = [...known.values()].map(({ purl }) => purl);
    expect(purls).toContain('pkg:deb/debian/gcc@1:2.3-4?arch=amd64');
    // Of the RPM family the epoch is apart.
    expect(purls).toContain('pkg:rpm/rocky/gcc@2.3-4?arch=amd64&epoch=1');
  });
});

describe('SPDX', () => {
  type Checksum = { algorithm: string; checksumValue: string };
  type Document = {
    packages: {
      SPDXID: string;
      name: string;
      checksums?: Checksum[];
      packageVerificationCode?: { packageVerificationCodeValue: string };
    }[];
    files: { SPDXID: string; fileName: string; checksums: Checksum[]; licenseComments?: string }[];
    relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[];
  } & Record<string, unknown>;

  test('names every element once, relates only those, and describes the release', async () => {
    const document = (await read('sbom.spdx.json')) as Document;
    const ids = [...document.packages, ...document.files].map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
      expect([...ids, 'SPDXRef-DOCUMENT']).toEqual(expect.arrayContaining([spdxElementId, relatedSpdxElement]));
    }
    expect(document.relationships[0]).toEqual({
      ...{ spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Release' },
    });
    expect(document).toMatchObject({ spdxVersion: 'SPDX-2.3', creationInfo: { created: '2023-11-14T22:13:20Z' } });
  });

  test('has the digests of the files as they are, and the verification code of the specification', async () => {
    const document = (await read('sbom.spdx.json')) as Document;
    const released = document.files.filter(({ fileName }) => /\.(ko|o)$|ovnfast|^\.\/node-/.test(fileName));
    expect(released).toHaveLength(9);
    const sums: string[] = [];
    for (const { fileName, checksums } of released) {
      const { sha1, sha256 } = digestsOf(await readFile(join(release.directory, fileName)));
      expect(checksums.map(({ checksumValue }) => checksumValue)).toEqual([sha1, sha256]);
      sums.push(sha1);
    }
    const code = createHash('sha1').update(sums.sort().join('')).digest('hex');
    expect(document.packages[0]?.packageVerificationCode?.packageVerificationCodeValue).toBe(code);
    expect(released.find(({ fileName }) => fileName.endsWith('.ko'))?.licenseComments).toMatch(/: GPL$/);
  });

  test('says what the bundle holds, which packages are in the image, and what those were built from', async () => {
    const { packages, files, relationships } = (await read('sbom.spdx.json')) as Document;
    const names = new Map([
      ...packages.map(({ SPDXID, name }) => [SPDXID, name] as const),
      ...files.map(({ SPDXID, fileName }) => [SPDXID, fileName] as const),
    ]);
    const related = (name: string, type: string) =>
      relationships
        .filter((one) => names.get(one.spdxElementId) === name && one.relationshipType === type)
        .map((one) => names.get(one.relatedSpdxElement));
    const built = release.provenance.subject.map(({ name }) => name).filter((name) => !isBundled(name));
    const own = built.map((name) => `./${name}`);
    expect(related('./ovnfast-node-1.2.0.tar.gz', 'CONTAINS').sort()).toEqual(own.sort());
    expect(related('./ovnfast-node-1.2.0.oci.tar', 'CONTAINS').sort()).toEqual([...own, 'busybox-static'].sort());
    expect(related('busybox-static', 'GENERATED_FROM')).toEqual(['busybox', 'glibc']);
  });

  test('says of each file what it was built with', async () => {
    const { packages, files, relationships } = (await read('sbom.spdx.json')) as Document;
    for (const { SPDXID, fileName } of files.filter(({ fileName }) => /\.(ko|o)$|ovnfast-bypass/.test(fileName))) {
      const of = (type: string) =>
        relationships.filter((one) => one.relatedSpdxElement === SPDXID && one.relationshipType === type);
      const names = [...of('BUILD_DEPENDENCY_OF'), ...of('BUILD_TOOL_OF')].map(
        ({ spdxElementId }) => packages.find((one) => one.SPDXID === spdxElementId)?.name,
      );
      expect(names.sort()).toEqual(
        isOf(fileName)
          .map((purl) => purl.split('/')[2])
          .sort(),
      );
    }
  });
});

describe('provenance', () => {
  test('is a statement about every built file, with all that it was made of', async () => {
    const statement = await read('provenance.json');
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
    });
    for (const { name, digest } of statement.subject) {
      expect(digest.sha256).toBe(digestsOf(await readFile(join(release.directory, name))).sha256);
    }
    const { resolvedDependencies, externalParameters } = statement.predicate.buildDefinition;
    const find = (name: string) => resolvedDependencies.find((one: { name: string }) => one.name === name);
    expect(find('sample/lib/a.c')).toEqual({
      name: 'sample/lib/a.c',
      digest: { sha256: digestsOf(Buffer.from('same\n')).sha256 },
    });
    expect(find('pkg:deb/debian/make@1:2.3-4?arch=amd64')).toMatchObject({
      uri: 'http://mirror.example/debian/pool/make_2.3-4_amd64.deb',
      annotations: { usedBy: ['sample-1.2.0-debian-12-6.1.0-9-amd64-x86_64.manifest.json'] },
    });
    expect(externalParameters.builds).toHaveLength(3);
    expect(find(IMAGE_BASE.packages[0]?.purl ?? '')).toMatchObject({
      annotations: { usedBy: ['ovnfast-node-1.2.0.oci.tar'] },
    });
    for (const { name, digest } of statement.predicate.runDetails.byproducts) {
      expect(digest.sha256).toBe(digestsOf(await readFile(join(release.directory, name))).sha256);
    }
  });

  test('names the workflow as the builder on GitHub, and this machine as none', () => {
    const environment = {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/x.yml@refs/tags/v1',
    };
    expect(builderOf(environment)).toBe('https://github.com/o/r/.github/workflows/x.yml@refs/tags/v1');
    expect(builderOf({ ...environment, GITHUB_ACTIONS: '' })).toBe('https://github.com/ovnfast/build/local');
  });
});

describe('notes', () => {
  const identity = { tag: 'v1', version: '1', toolVersion: '0.1.0', time: new Date(0) };
  const suite = { name: 'fastpath', status: 'pass' as const, accelerator: 'kvm' as const, passed: 1, tests: 1 };
  const proof = (kernel: string) => ({
    ...{
      id: 'debian-12',
      kernel,
      arch: 'x86_64',
      status: 'pass' as const,
      suites: [suite],
      products: [],
      artifacts: [],
    },
  });
  const make = (count: number, reason = 'it | fails') =>
    makeNotes(identity, {
      proofs: Array.from({ length: count }, (_, index) => proof(`6.1.0-${index}-amd64`)),
      ...{ artifacts: [], bundle: { files: [] }, leftOut: [{ ...proof('7.0.0'), status: 'fail', reason }] },
      others: Array.from({ length: count }, (_, index) => ({
        ...{
          id: `d-${index % 7}`,
          kernel: `5.4.${index}`,
          arch: 'x86_64',
          files: ['a.ko'],
          basis: 'versions' as const,
        },
        ...{ status: 'skip' as const, suites: [] },
      })),
    });

  test('have a row for each kernel, as long as GitHub takes them, and say how many are left out', () => {
    expect(make(100).match(/^\| debian/gm)).toHaveLength(100);
    const long = make(5000);
    expect(long.length).toBeLessThanOrEqual(MAXIMUM_NOTES);
    expect(long.length).toBeGreaterThan(MAXIMUM_NOTES * 0.9);
    const rows = long.match(/^\| debian/gm)?.length ?? 0;
    expect(long).toContain(`… and ${5000 - rows} more, in <code>modules.json</code>.`);
    expect(long).toContain('### Check it');
  });

  test('say how to install it, and where the sources of what is in the image are', () => {
    expect(release.notes).toContain('sudo ./ovnfast-node-1.2.0/bin/ovnfast-node install');
    expect(release.notes).toContain(
      'skopeo copy --preserve-digests oci-archive:ovnfast-node-1.2.0.oci.tar docker://registry.example/ovnfast-node:1.2.0',
    );
    expect(release.notes).toMatch(
      /Their sources: \[busybox .*1\.35\.0-4\]\(https:\/\/snapshot.*\), <code>glibc 2\.36-9<\/code>\./,
    );
    // Without an image none of that.
    expect(make(1)).not.toMatch(/skopeo|kubectl|busybox/);
  });

  test('take no word of a report for markup', () => {
    expect(make(1, '<img src=x> [a](http://b) | c')).toMatch(
      /❌ FAIL, &#60;img src&#61;x&#62; &#91;a&#93;.*&#124; c$/m,
    );
  });
});

describe('names', () => {
  test.each([
    ['v1.2.0', '1.2.0'],
    ['1.2', '1.2'],
    ['fastpath/v1.2.0-rc.1', '1.2.0-rc.1'],
  ])('the tag %s is version %s', (tag, version) => expect(versionOf(tag)).toBe(version));

  test.each(['latest', '', 'v', '../v1', 'a//v1', 'v1..2', 'v1.lock', '-v1', 'v1 2', 'v1\n', 'x/.v1'])(
    'the tag %j is refused',
    (tag) => {
      expect(() => versionOf(tag)).toThrow(/does not say a version/);
    },
  );

  test('are what GitHub makes of them', () => {
    expect(fileName('m', '1', 'debian-13', '6.12.117+deb13-amd64', 'x86_64')).toBe(
      'm-1-debian-13-6.12.117+deb13-amd64-x86_64',
    );
    expect(fileName('m', '5.4~rc1:2')).toBe('m-5.4.rc1.2');
  });

  test('that are there twice, too long, or too many are mistakes', () => {
    const told = (names: string[]) => {
      const mistakes = new Mistakes();
      checkNames(names, mistakes);
      mistakes.throwAny();
    };
    expect(() => told(['a.ko', 'b.ko'])).not.toThrow();
    expect(() => told(['a.ko', 'A.ko'])).toThrow('two files of the release would be called A.ko');
    expect(() => told(['Modules.json'])).toThrow(/would be called/);
    for (const name of ['.a', 'a b', 'ä', 'a\n', '-a', 'a.'])
      expect(() => told([name])).toThrow(/GitHub would call it otherwise/);
    expect(() => told(['a'.repeat(256)])).toThrow(/more than 255/);
    expect(() => told(Array.from({ length: 1000 }, (_, index) => `${index}.ko`))).toThrow(
      /1000 files.*\n.*--share-builds/,
    );
  });

  test('a UUID is one, and another for another value', () => {
    expect(uuidOf(1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf(1)).not.toBe(uuidOf(2));
  });
});
