// SPDX-License-Identifier: Apache-2.0
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { runBench } from './bench.ts';
import { runBisect } from './bisect.ts';
import { runCache, runCachePrune } from './cache.ts';
import { type Edge, processEdge } from './edge.ts';
import { flowsOptions } from './flows.ts';
import { runInspect } from './inspect.ts';
import { packageOption, treeOptions } from './kernels.ts';
import { runLock } from './lock.ts';
import { runMerge } from './merge.ts';
import { collect } from './options.ts';
import { runPlan } from './plan.ts';
import type { ReleaseFlags } from './release.ts';
import { runRenderOffload } from './render.ts';
import { runRenderJobs } from './render-jobs.ts';
import { runReproduce } from './reproduce.ts';
import { runBuild, runRun, runVerify } from './run.ts';
import { secureBootOption } from './secure-boot.ts';
import { runShell } from './shell.ts';

type Handler = (edge: Edge, options: never, args: string[]) => Promise<number>;

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number, 1 or more.');
  return number;
}

function percentage(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1000)) {
    throw new InvalidArgumentError('It is a number of percent, 0 or more.');
  }
  return number;
}

const targetOption = () =>
  new Option('-t, --target <pattern>', 'target kernel: a glob over `id` or `id/kernel-release`; repeatable').argParser(
    collect,
  );
const mirrorOption = () =>
  new Option(
    '--mirror <url>',
    'base address of a package mirror to ask first; repeatable (also OVNFAST_MIRROR)',
  ).argParser(collect);
const matrixOption = () =>
  new Option('--matrix <dir>', 'directory of matrix files, keys and locks (default: those that come with ovnfast)');
const moduleOption = () =>
  new Option('-m, --module <dir>', 'directory of the module, or of eBPF programs (default: kmod/fastpath)');
const suiteOption = () =>
  new Option('-s, --suite <name>', 'suite to run: a name, or a directory of KTAP scripts; repeatable').argParser(
    collect,
  );
const outOption = () => new Option('-o, --out <dir>', 'where modules, reports and logs go').default('out');
const jobsOption = () =>
  new Option('-j, --jobs <n>', 'builds and machines at a time (default: the number of processors)').argParser(positive);
const jsonOption = () => new Option('--json', 'print JSON on standard output; progress goes to standard error');
const frozenOption = () => new Option('--frozen', 'fail when a lock cannot be satisfied, instead of resolving it anew');
const freshOption = () => new Option('--fresh', 'build and test even if nothing changed since the last pass');
const shareOption = () =>
  new Option(
    '--share-builds',
    'build once for all releases of a distribution that take the same file, by symbol versions',
  );
const shardOptions = () => [
  new Option('--shards <n>', 'so many jobs at most (default: 256, as many as GitHub takes)').argParser(positive),
  new Option('--artifact <name>', 'what the names of all artifacts begin with (default: ovnfast)'),
];
const accelOption = () =>
  new Option('--accel <name>', 'how machines run').choices(['auto', 'kvm', 'tcg']).default('auto');

/**
 * Reads the command line and does what it says.
 * Returns the exit status: 0 all passed, 1 a build or test failed, 2 bad usage, 3 the environment or a mirror failed.
 */
export async function commandLine(process: NodeJS.Process, signal: AbortSignal): Promise<number> {
  let status = 0;
  const edge = processEdge(process, signal);
  const add = (parent: Command, usage: string, description: string, options: Option[], handler: Handler): Command => {
    const command = parent.command(usage).description(description);
    for (const option of options) command.addOption(option);
    command.addOption(new Option('--debug', 'show stack traces'));
    command.action(async () => {
      status = await handler(edge, command.opts() as never, command.args);
    });
    return command;
  };

  const program = new Command('ovnfast')
    .description(packageJson.description)
    .version(packageJson.version)
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .addHelpText(
      'after',
      '\nExit status: 0 all passed, 1 a build or test failed, 2 bad usage or input, 3 the environment or a mirror failed.',
    );

  const common = () => [outOption(), jobsOption(), jsonOption(), mirrorOption(), matrixOption(), frozenOption()];
  const runOptions = () => [
    targetOption(),
    packageOption(),
    ...treeOptions(),
    moduleOption(),
    suiteOption(),
    ...common(),
    freshOption(),
    accelOption(),
    shareOption(),
  ];
  add(
    program,
    'run',
    'build the module for each target kernel, boot each, run the suites, report',
    runOptions(),
    runRun,
  );
  add(
    program,
    'plan',
    'print what would be fetched, from where, built and tested, and every kernel release that is offered now',
    [
      targetOption(),
      moduleOption(),
      suiteOption(),
      mirrorOption(),
      matrixOption(),
      jsonOption(),
      shareOption(),
      new Option('--github', 'print JSON for strategy.matrix: the jobs that the run is spread over; keep it for merge'),
      ...shardOptions(),
    ],
    runPlan,
  );
  add(
    program,
    'merge <directory...>',
    'make one report of those of several runs, each in its output directory, or all in one directory of such',
    [
      outOption(),
      new Option('--plan <file>', 'what `plan --github` printed: what it names and no report tells of is an error'),
      new Option('--comment <file>', 'write the summary there, too, as short as a comment on a pull request has to be'),
      jsonOption(),
    ],
    runMerge,
  );
  add(
    program,
    'lock',
    'resolve packages against the signed index and write lock files',
    [
      targetOption(),
      mirrorOption(),
      matrixOption(),
      jsonOption(),
      new Option('--tools', 'the shared sysroots too (sandbox, machine, guest)'),
      new Option(
        '--check',
        'write nothing: say what changed upstream since the locks were written (exit status 1 if anything)',
      ),
    ],
    runLock,
  );
  add(
    program,
    'build',
    'build the module for each target kernel, no more',
    [targetOption(), packageOption(), ...treeOptions(), moduleOption(), ...common(), freshOption()],
    runBuild,
  );
  add(
    program,
    'verify [file...]',
    'run suites against modules, or eBPF objects and what loads them, that are already built; or judge the flows of a node',
    [
      targetOption(),
      packageOption(),
      ...treeOptions(),
      suiteOption(),
      ...common(),
      freshOption(),
      accelOption(),
      secureBootOption(),
      ...flowsOptions(),
    ],
    runVerify,
  );
  add(
    program,
    'bench',
    'run the suite that measures the module (MODULE-bench), and compare its figures with those of an earlier report',
    [
      ...runOptions(),
      new Option('--baseline <report.json>', 'earlier report; exit status 1 when a figure is worse or gone'),
      new Option('--tolerance <percent>', 'differences up to that are none').argParser(percentage).default(1),
    ],
    runBench,
  );
  add(
    program,
    'inspect <file>',
    'what a module is: vermagic, srcversion, parameters, symbol CRCs, signature, which targets it fits; or an eBPF object',
    [
      targetOption(),
      new Option(
        '--against <pattern>',
        'kernel releases to judge it against, a pattern as of --target: debian-12/6.1.*; repeatable',
      ).argParser(collect),
      packageOption(),
      mirrorOption(),
      matrixOption(),
      jsonOption(),
    ],
    runInspect,
  );
  add(
    program,
    'shell [file...]',
    'an interactive shell in the machine of a target, what is under test at hand',
    [
      targetOption(),
      packageOption(),
      ...treeOptions(),
      moduleOption(),
      mirrorOption(),
      matrixOption(),
      frozenOption(),
      accelOption(),
      secureBootOption(),
    ],
    runShell,
  );
  add(
    program,
    'reproduce <manifest>',
    'build again what a manifest.json describes, and say bit-identical or where the first difference is',
    [
      new Option(
        '-m, --module <dir>',
        'directory of the sources (default: what comes with ovnfast and is what the manifest names, else kmod/fastpath)',
      ),
      new Option(
        '--against <file>',
        'module file to compare with (default: the one beside the manifest, else its digest)',
      ),
      new Option('-o, --out <dir>', 'where the rebuilt modules go').default('reproduced'),
      jobsOption(),
      jsonOption(),
      mirrorOption(),
      matrixOption(),
    ],
    runReproduce,
  );
  add(
    program,
    'release [dir...]',
    'make a release of what runs have left in DIR (default: out): modules, index, checksums, SBOM, provenance, notes',
    [
      new Option('--tag <tag>', 'tag of the release, which says its version: v1.2.0').makeOptionMandatory(),
      new Option('-o, --out <dir>', 'where the release goes').default('release'),
      new Option(
        '-m, --module <dir>',
        'directory of the sources, as it was built; repeatable (default: those that come with ovnfast)',
      ).argParser(collect),
      new Option('--repo <owner/name>', 'repository on GitHub (default: GITHUB_REPOSITORY)'),
      new Option(
        '--publish',
        'publish it on GitHub with the token in GITHUB_TOKEN: a draft first, all files, then the release',
      ),
      new Option('--draft', 'with --publish: leave it a draft'),
      new Option('--prerelease', 'with --publish: mark it as a prerelease'),
      new Option(
        '--attest',
        'attest the provenance in the name of a job on GitHub (permissions id-token: write, attestations: write)',
      ),
      new Option('--allow-failed', 'release what was built even where a test failed, marked as such'),
      new Option(
        '--fits <pattern>',
        'kernel releases to index that nothing ran on, where symbol versions say that a file fits; repeatable',
      ).argParser(collect),
      new Option(
        '--sign-key <file>',
        'sign modules with this key (PEM) or PKCS#11 URI; the key itself can be in OVNFAST_SIGNING_KEY, its passphrase or PIN in KBUILD_SIGN_PIN',
      ),
      new Option('--sign-certificate <file>', 'certificate of that key, which the kernels trust (PEM or DER)'),
      new Option('--sign-hash <name>', 'hash that is signed').choices(['sha256', 'sha512']).default('sha256'),
      new Option(
        '--image <name>',
        'where the container image for nodes will be, without tag (default: beside the repository in ghcr.io)',
      ),
      new Option('--no-image', 'make no container image, and no manifests that name one'),
      jsonOption(),
      mirrorOption(),
      matrixOption(),
    ],
    // Its libraries are larger than all the rest of the command line, which no other command has to wait for.
    async (edge: Edge, flags: ReleaseFlags, directories: string[]) => {
      const { runRelease } = await import('./release.ts');
      return await runRelease(edge, flags, directories);
    },
  );
  add(
    program,
    'bisect',
    'find the first kernel release of a distribution that the module fails on, and which headers changed there',
    [
      targetOption(),
      moduleOption(),
      suiteOption(),
      new Option('--good <release>', 'kernel release that passes (default: the oldest of the target)'),
      new Option('--bad <release>', 'kernel release that fails (default: the newest of the target)'),
      ...common(),
      freshOption(),
      accelOption(),
    ],
    runBisect,
  );
  const render = program.command('render').description('write what a cluster needs, from a values file');
  add(
    render,
    'offload',
    'manifests, settings of Kube-OVN and firmware script for pods with a VF of a SmartNIC (docs/offload.md)',
    [
      new Option('--values <file>', 'YAML; what it leaves out is as Kube-OVN describes for Agilio cards'),
      new Option('-o, --out <dir>', 'write all files there (default: the manifests alone, on standard output)'),
      new Option('--force', 'replace files that were not rendered, or were changed by hand since; with --out'),
    ],
    runRenderOffload,
  ).addHelpText(
    'after',
    `
Examples:
  ovnfast render offload --values offload.yml | kubectl diff -f -
  ovnfast render offload --values offload.yml --out offload/
      00-agilio-firmware.sh     run on each node with an Agilio card
      10-sriovdp-config.yml     apply, then start the SR-IOV network device plugin
      20-kube-ovn-install.sh    install Kube-OVN with it (or 20-kube-ovn.values: values of its chart)
      30-networks.yml           apply, once Multus and Kube-OVN are there
      40-pods.yml               pods that ask for a VF`,
  );
  add(
    render,
    'jobs',
    'the jobs of `plan --github` as Jobs of Kubernetes, with cache and results on a volume',
    [
      new Option('--values <file>', 'YAML: image, volume and limits of the cluster').makeOptionMandatory(),
      targetOption(),
      moduleOption(),
      suiteOption(),
      shareOption(),
      ...shardOptions(),
      mirrorOption(),
      matrixOption(),
      new Option('-o, --out <dir>', 'write a file for each kind there (default: all of it, on standard output)'),
      new Option('--force', 'replace files that were not rendered, or were changed by hand since; with --out'),
    ],
    runRenderJobs,
  );
  const cache = add(program, 'cache', 'show what the cache holds', [jsonOption()], runCache);
  add(
    cache,
    'prune',
    'remove from the cache what was not used lately',
    [
      new Option('--older-than <days>', 'remove what was not used for so many days').argParser(positive).default(30),
      new Option('--all', 'remove everything that no other run uses now'),
    ],
    runCachePrune,
  );

  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    // Commander has printed its own message already, with its suggestion.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return status;
}
