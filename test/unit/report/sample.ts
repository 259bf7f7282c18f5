// SPDX-License-Identifier: Apache-2.0
import {
  overallStatus,
  type Report,
  type ReportFlow,
  type ReportSuite,
  type ReportTarget,
  type ReportTest,
  targetStatus,
} from '../../../src/report/model.ts';

/** Text that tries to be something else: markup, an end of script or CDATA, terminal sequences, reordering, NUL, a code fence. */
export const hostile = [
  '<script>document.title="owned"</script>',
  '</script></style></pre></details><img src=x onerror="document.title=`owned`">',
  '"\'><svg/onload=alert(1)> &lt; &amp; ]]> -->',
  '\u001b[31mred\u001b]0;title\u0007 \u202egnp.exe \u0000 \ud800 \uffff \u2028',
  '``` ~~~~ | [link](javascript:alert(1)) ![x](//mirror.example/x.png) www.mirror.example https://mirror.example @someone #1 $x$',
].join('\n');

const digest = (seed: number) => seed.toString(16).padStart(64, '0');

const releases = [
  ['debian-11', 'Debian 11', '5.10.0-41-amd64'],
  ['debian-12', 'Debian 12', '6.1.0-56-amd64'],
  ['debian-13', 'Debian 13', '6.12.94+deb13-amd64'],
  ['debian-14', 'Debian 14', '7.1.3+deb14-amd64'],
] as const;

const behaviours = [
  'four-lines',
  'pod-tcp-ipv4',
  'pod-tcp-ipv6',
  'pod-udp-ipv4',
  'pod-udp-ipv6',
  'pod-icmp-ipv4',
  'pod-icmp-ipv6',
  'inherited-forwarding',
  'nat-gateway',
  'pod-redirect',
  'geneve',
  'vxlan',
  'stt-local-in',
  'other-udp',
  'fragments-plain',
  'fragments-conntrack',
  'fragments-tunnel',
  'counters',
  'bridge-before',
  'bridge-after',
  'load-unload-traffic',
  'bad-parameters',
  'node-role',
  'transit',
  'sysctl-mode',
];

export type SampleOptions = { targets?: number; tests?: number };

export function sampleTest(index: number, changes: Partial<ReportTest> = {}): ReportTest {
  const name = behaviours[index % behaviours.length] ?? '';
  return {
    name: index < behaviours.length ? name : `${name}-${index}`,
    status: 'pass',
    seconds: 0.3 + (index % 7) * 0.41,
    evidence: [`control: 12 packets met the rule without the module`, `with the module: 0 of 12 met the rule`],
    ...changes,
  };
}

export function sampleSuite(
  target: string,
  changes: Partial<ReportSuite> = {},
  tests = behaviours.length,
): ReportSuite {
  return {
    name: 'fastpath',
    status: 'pass',
    accelerator: 'tcg',
    acceleratorReason: '/dev/kvm is not there',
    bootSeconds: 3.4,
    seconds: 31.5,
    console: `${target}/fastpath/console.log`,
    tests: Array.from({ length: tests }, (_, index) => sampleTest(index)),
    ...changes,
  };
}

export function sampleTarget(index: number, changes: Partial<ReportTarget> = {}, tests?: number): ReportTarget {
  const [id, title, kernel] = releases[index % releases.length] ?? releases[0];
  const module = {
    path: `${id}/kube_ovn_fastpath.ko`,
    name: 'kube_ovn_fastpath',
    sha256: digest(index + 1),
    size: 41_336,
    vermagic: `${kernel} SMP mod_unload modversions`,
    srcversion: '0123456789ABCDEF0123456',
    signed: false,
    btf: true,
  };
  const target: ReportTarget = {
    id,
    kernel,
    arch: 'x86_64',
    title,
    status: 'pass',
    seconds: 52.4 + index * 3,
    lock: { digest: digest(100 + index) },
    mirrors: [{ url: 'https://mirror.example/debian', packages: 64 }],
    build: {
      status: 'pass',
      seconds: 14.2 + index,
      module,
      modules: [module],
      log: `${id}/build.log`,
      diagnostics: [],
      btf: { present: true },
    },
    suites: [sampleSuite(id, {}, tests)],
    ...changes,
  };
  return { ...target, status: changes.status ?? targetStatus(target) };
}

export function sampleReport(targets: ReportTarget[], changes: Partial<Report> = {}): Report {
  return {
    schema: 'ovnfast.report/1',
    tool: { version: '0.1.0', node: 'v24.21.0' },
    module: 'fastpath',
    startedAt: '2026-01-02T03:04:05.000Z',
    seconds: 118.4,
    status: overallStatus(targets),
    host: { system: 'Debian GNU/Linux 12 (bookworm)', processors: 2, memoryMiB: 24_000 },
    warnings: [],
    targets,
    ...changes,
  };
}

/** A suite that measured two things in a counted clock, with figures that others published about one of them. */
export function measuringSuite(target: string, changes: Partial<ReportSuite> = {}): ReportSuite {
  const sizes = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536];
  const figures = (name: string, series: string, unit: string, values: number[]) =>
    values.map((value, index) => ({ name, series, x: sizes[index] ?? 0, value, unit }));
  return {
    ...sampleSuite(target, {}, 2),
    name: 'bypass-bench',
    clock: 'counted',
    console: `${target}/bypass-bench.console.log`,
    measurements: [
      ...figures('tcp_lat', 'stock', 'us', [34.65, 34.66, 34.8, 34.86, 34.89, 35.68, 52.24, 58.5, 124.4]),
      ...figures('tcp_lat', 'bypass', 'us', [18.98, 18.98, 19, 19.02, 19.13, 19.52, 21.08, 27.97, 67.44]),
      ...figures('tcp_bw', 'stock', 'Mb/s', [0.6376, 2.577, 9.399, 32.66, 81.48, 232, 731.9, 2453, 4022]),
      ...figures('tcp_bw', 'bypass', 'Mb/s', [0.6362, 2.562, 9.77, 31.45, 92.17, 363.1, 1354, 4204, 1967]),
    ],
    charts: [
      { name: 'tcp_lat', title: 'Latency', x: 'message size in bytes', better: 'lower', baseline: 'stock' },
      {
        ...{ name: 'tcp_bw', title: 'Throughput', x: 'message size in bytes', better: 'higher', baseline: 'stock' },
        published: {
          source: 'Somebody, on another machine',
          unit: 'Mb/s',
          figures: [
            { series: 'stock', x: 1, value: 4.27 },
            { series: 'stock', x: 1024, value: 846 },
            { series: 'bypass', x: 1, value: 1.36 },
            { series: 'bypass', x: 1024, value: 1360 },
          ],
        },
      },
    ],
    ...changes,
  };
}

/** A suite that measured, with hostile text wherever a report takes words about figures. */
export function hostileFigures(target: string): ReportSuite {
  const figures = ['stock', hostile].map((series, index) => {
    return { name: hostile, series, x: 64, value: index + 3, unit: hostile };
  });
  const published = { source: hostile, unit: hostile, figures };
  const words = { name: hostile, title: hostile, x: hostile, baseline: 'stock' };
  return measuringSuite(target, { measurements: figures, charts: [{ ...words, better: 'lower', published }] });
}

/** A suite that saw flows: those of two pods, one of which is not offloaded, and of an empty datapath. */
export function flowSuite(target: string, changes: Partial<ReportSuite> = {}): ReportSuite {
  const flow = (port: string, to: string, more: Partial<ReportFlow>): ReportFlow => ({
    match: `in_port(${port}),eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02),eth_type(0x0800),ipv4(frag=no)`,
    ...{
      packets: 941_539,
      bytes: 62_142_230,
      used: 0.26,
      offloaded: 'yes',
      dp: 'tc',
      actions: to,
      verdict: 'offloaded',
    },
    ...more,
  });
  const hash = { id: 'hash', text: 'no card does hash()', remedy: 'Turn it off.', source: 'lib/tc.c' };
  const control = { id: 'control', text: 'ARP is control traffic', source: 'RFC 826' };
  return {
    ...sampleSuite(target, {}, 2),
    name: 'offload',
    console: `${target}/offload.console.log`,
    flows: [
      {
        name: 'one-node',
        flows: [
          flow('sn0r0', 'sn0r1', {}),
          flow('sn0r1', 'sn0r0', { packets: 0, bytes: 0, verdict: 'uncounted' }),
          flow('sn0r2', 'hash(l4(0)),recirc(0x5)', { offloaded: 'no', dp: 'ovs', verdict: 'missed', why: [hash] }),
          flow('sn0r3', 'drop', { offloaded: 'no', dp: 'ovs', verdict: 'exempt', why: [control] }),
        ],
      },
      { name: 'idle', flows: [] },
    ],
    ...changes,
  };
}

/** A suite that saw flows, with hostile text wherever a report takes words about them. */
export function hostileFlows(target: string): ReportSuite {
  const why = [{ id: hostile, text: hostile, remedy: hostile, source: hostile }];
  const flow: ReportFlow = {
    ...{ ufid: hostile, match: hostile, packets: 1, bytes: 1, offloaded: 'no', dp: hostile, actions: hostile },
    ...{ verdict: 'missed', why },
  };
  return flowSuite(target, { flows: [{ name: hostile, flows: [flow] }] });
}

/** Four targets of 25 tests: one passes, one has failing tests, one does not compile, one has no machine. */
export function mixedReport(): Report {
  const failing = [
    sampleTest(8, {
      status: 'fail',
      reason: 'the reply came back untranslated',
      evidence: [
        'gateway: 198.51.100.7 -> 10.0.0.2',
        'client saw 10.0.0.2, wanted 198.51.100.7',
        'conntrack -L: 0 flow entries',
      ],
    }),
    sampleTest(20, {
      status: 'fail',
      reason: 'the kernel log has a WARNING',
      kernelLog: [
        '[   21.402211] ------------[ cut here ]------------',
        '[   21.402377] WARNING: CPU: 1 PID: 811 at net/netfilter/core.c:468 __nf_unregister_net_hook+0xc2/0x1c0',
        '[   21.403201] Modules linked in: kube_ovn_fastpath(OE-) br_netfilter bridge stp llc',
        '[   21.404008] Call Trace:',
        '[   21.404120]  nf_unregister_net_hook+0x2f/0x50',
      ],
    }),
    sampleTest(18, { status: 'skip', reason: 'br_netfilter is built in' }),
  ];
  const tests = sampleSuite('debian-12').tests.map((test) => failing.find((other) => other.name === test.name) ?? test);
  return sampleReport(
    [
      sampleTarget(0, { cached: true }),
      sampleTarget(1, { suites: [sampleSuite('debian-12', { status: 'fail', tests })] }),
      sampleTarget(2, {
        build: {
          status: 'fail',
          seconds: 9.1,
          reason: 'make ended with status 2',
          log: 'debian-13/build.log',
          diagnostics: [
            {
              file: 'fastpath.c',
              line: 214,
              column: 17,
              severity: 'error',
              message: "implicit declaration of function 'nf_hook_entries_get_hook_ops'",
            },
            { file: 'fastpath.c', line: 9, severity: 'warning', message: 'unused variable ‘net’ [-Wunused-variable]' },
          ],
        },
        suites: [],
      }),
      sampleTarget(3, {
        suites: [
          sampleSuite('debian-14', {
            status: 'error',
            reason: 'the machine printed nothing for 60 s',
            bootSeconds: 60,
            seconds: 60,
            tests: [],
          }),
        ],
      }),
    ],
    {
      warnings: [
        {
          target: 'debian-11',
          message: 'the signed index expired on 2026-01-01',
          remedy: 'The distribution has reached its end of life.',
        },
      ],
    },
  );
}
