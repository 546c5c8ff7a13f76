import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { readDeployments, readNodes, type ClusterAccess } from '../../../observer/cluster.js';
import { childrenOf, firstScheduled, lastCompleted, readHistory } from '../../../observer/history.js';
import {
  judgeApplied,
  judgeChildren,
  judgeDeployments,
  judgeLedger,
  judgeNodes,
  type Judgement,
} from '../../../observer/judge.js';
import { effectsPerNode, readLedger } from '../../../observer/ledger.js';
import { stdoutOf } from '../../../observer/run.js';
import { whyRealHostsAreImpossible } from '../../../rehearsal/hosts/machine/machine-support.js';
import { findKubernetesStore } from '../../../rehearsal/kubernetes/kubernetes-store.js';
import { root } from '../../../installation/config.js';
import { Target } from '../../../installation/target.js';
import { cacheFolder, readEnvironment } from '../../../installation/environment.js';
import { tracesOfFolder, tracesOfServer } from '../../canary/collect-traces.js';
import { findCanaries, type Canary, type Trace } from '../../canary/find-canaries.js';
import { sampleProcesses } from '../../canary/sample-processes.js';
import { secretsOfControlPlane, watchJoinTokens } from '../../canary/secrets-of-hosts.js';
import { expectedNodes } from '../../expected-nodes.js';
import { withClient } from '../../with-client.js';
import { freshCopy, type FreshCopy, type Started } from '../fresh-copy.js';
import { readWitnesses } from './read-witnesses.js';

const obstacle =
  (await whyRealHostsAreImpossible()) ??
  ((await findKubernetesStore(cacheFolder(readEnvironment()))) === undefined
    ? 'Kubernetes is not built yet'
    : undefined);
const title = `npm start on 14 real hosts${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`;

const nftables = await stdoutOf('nft', ['--version']).then(
  () => true,
  () => false,
);
const uncounted = nftables ? '' : ' (skipped: nftables is not installed, which counts the packets)';

const Outside = z.object({ controlPort: z.number() });
const Network = z.object({ index: z.number() });

/** One roll-out from nothing, with a worker that is killed and a host that is slow; everything else looks at its result. */
describe.skipIf(obstacle !== undefined)(title, () => {
  let copy: FreshCopy;
  let home: string;
  let up: { readonly exitCode: number; readonly stdout: string };
  let first: { readonly exitCode: number; readonly output: string };
  let start: Started | undefined;
  let worker: Started | undefined;
  let commandLines: readonly Trace[];
  let joinTokens: readonly Canary[];

  const folder = (...path: readonly string[]): string => join(copy.dir, '.groundswell', ...path);
  const ledger = async () => {
    await control('ledger');
    return readLedger(folder('rehearsal', 'ledger.ndjson'));
  };
  const control = async (path: string): Promise<void> => {
    const { controlPort } = Outside.parse(JSON.parse(await readFile(folder('rehearsal', 'outside.json'), 'utf8')));
    const response = await fetch(`http://127.0.0.1:${controlPort}/${path}`, { method: 'POST' });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  };
  const temporal = () => ({ cli: folder('bin', 'temporal'), address: addressIn(up.stdout) });
  const namespace = async (): Promise<string> => {
    const { index } = Network.parse(JSON.parse(await readFile(folder('rehearsal', 'network.json'), 'utf8')));
    return `gs${index.toString(16).padStart(2, '0')}-worker`;
  };

  beforeAll(async () => {
    copy = await freshCopy('roll-out');
    home = await realLookingHome();
    up = await copy.run(['npm', 'run', '--silent', 'rehearsal:up', '--', '--yes'], awsEnvironment(home));
    if (up.exitCode !== 0) throw new Error(`rehearsal:up ended with ${up.exitCode}: ${JSON.stringify(up)}`);
    if (nftables) await countPackets(await namespace());

    const processes = sampleProcesses([]);
    const tokens = watchJoinTokens(folder('rehearsal', 'hosts'));
    start = copy.start(['npm', 'start', '--', '--yes'], awsEnvironment(home));
    await until('the host of k8s-worker-ai boots', async () =>
      (await ledger()).some(({ effect, node }) => effect === 'boot' && node === 'k8s-worker-ai'),
    );
    await control('hosts/k8s-worker-ai/power-off');
    await until('three nodes join', async () => [...effectsPerNode(await ledger(), 'kubeadm join')].length >= 3);
    process.kill(await workerPid(folder('rehearsal', 'worker.pid')), 'SIGKILL');
    worker = copy.start(['npx', 'groundswell', 'worker'], awsEnvironment(home));
    await until('wave 1 begins', async () =>
      readHistory(temporal(), 'cluster/ecoeco/wave/1').then(
        (history) => firstScheduled(history, 'applyUnit') !== undefined,
        () => false,
      ),
    );
    await control('hosts/k8s-worker-ai/power-on');
    first = { exitCode: await start.ended, output: await readFile(start.log, 'utf8') };
    commandLines = (await processes.stop()).filter(({ place }) => place === 'command line');
    joinTokens = await tokens.stop();
  });

  afterAll(async () => {
    for (const started of [start, worker]) await started?.stop();
    await copy.run(['npm', 'run', '--silent', 'rehearsal:down']);
    await copy.remove();
    await rm(home, { recursive: true, force: true });
  });

  it('prints the address of Temporal first when it is only brought up', () => {
    expect(up.stdout.split('\n')[0]).toMatch(/^TEMPORAL_ADDRESS=127\.0\.0\.1:\d+$/);
  });

  it('ends with exit code 0 and says what there is to look at, although its worker was killed', () => {
    expect(first.exitCode, first.output.slice(-3000)).toBe(0);
    expect(first.output).toContain('14/14 nodes');
    expect(first.output).toContain('npm run rehearsal:down');
  });

  it('gives every node its labels and taints, as kubectl says', async () => {
    expect(failed(judgeNodes(expectedNodes, await withKubeconfig((access) => readNodes(access))))).toEqual([]);
  });

  it('has every Deployment of every wave ready, as kubectl says', async () => {
    const deployments = await withKubeconfig((access) => readDeployments(access));

    expect(deployments.filter(({ unit }) => unit !== undefined)).toHaveLength(14);
    expect(failed(judgeDeployments(deployments))).toEqual([]);
  });

  it('did everything once: one RunInstances, one kubeadm init or join, one registration for each node', async () => {
    expect(failed(judgeLedger(expectedNodes, await ledger()))).toEqual([]);
  });

  it('changed the Deployment of each unit once, as the audit log of the API server says', async () => {
    const deployments = await withKubeconfig((access) => readDeployments(access));

    expect(failed(judgeApplied(deployments, await ledger()))).toEqual([]);
  });

  it('has no secret in the ledger', async () => {
    const text = await readFile(folder('rehearsal', 'ledger.ndjson'), 'utf8');

    expect(text).not.toMatch(/bootstrap-token|PRIVATE KEY|[a-z0-9]{6}\.[a-z0-9]{16}/);
  });

  it('left no secret in histories, artifacts, logs or the ledger, and none stood in a command line', async () => {
    const read = (node: string, path: string): Promise<string> =>
      copy.run(['npx', 'groundswell', 'ssh', node, 'sudo', 'cat', path]).then(({ stdout }) => stdout);
    const file = async (...path: readonly string[]): Promise<string> => readFile(folder('rehearsal', ...path), 'utf8');
    const canaries: readonly Canary[] = [
      ...joinTokens,
      ...(await secretsOfControlPlane('k8s-master', read)),
      { name: 'key for SSH', value: await file('ssh-key') },
      { name: 'worker secret', value: await file('worker-secret') },
    ];
    const logs = ['ledger.ndjson', 'worker.log', 'outside.log', 'temporal/server.log'];
    const traces: readonly Trace[] = [
      ...commandLines,
      ...(await withClient(addressIn(up.stdout), ({ workflow }) => tracesOfServer(workflow))),
      ...(await tracesOfFolder('artifact', folder('rehearsal', 'artifacts'))),
      ...(await tracesOfFolder('run folder', folder('rehearsal', 'ansible-runs'))),
      ...(await Promise.all(logs.map(async (name) => ({ place: 'log', what: name, text: await file(name) })))),
      { place: 'log', what: 'npm start', text: first.output },
    ];

    expect(canaries.filter(({ value }) => value.trim().length < 20)).toEqual([]);
    // a join is over soon; most are seen
    expect(joinTokens.length).toBeGreaterThan(6);
    expect(commandLines.some(({ text }) => text.includes('kubeadm join'))).toBe(true);
    expect(findCanaries(traces, canaries)).toEqual([]);
  });

  it('had one child workflow for each node', async () => {
    const children = childrenOf(await readHistory(temporal(), 'cluster/ecoeco'));

    expect(failed(judgeChildren(expectedNodes, children))).toEqual([]);
  });

  it('began wave 1 before the slow k8s-worker-ai was Ready', async () => {
    const wave = firstScheduled(await readHistory(temporal(), 'cluster/ecoeco/wave/1'), 'applyUnit');
    const node = lastCompleted(await readHistory(temporal(), 'cluster/ecoeco/node/k8s-worker-ai'), 'waitForNodeReady');

    expect(wave).toBeLessThan(node ?? 0);
  });

  it.skipIf(!nftables)(`sent no packet to any address but loopback and the hosts${uncounted}`, async () => {
    const counters = await packetCounters(await namespace());

    expect(counters.hosts).toBeGreaterThan(1_000);
    expect(counters.elsewhere).toBe(0);
  });

  it('changes nothing when it is started again', async () => {
    const before = (await ledger()).filter(isChange);

    const second = await copy.run(['npm', 'start', '--', '--yes'], awsEnvironment(home));

    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).toContain('0 changes');
    expect((await ledger()).filter(isChange)).toEqual(before);
    expect(before.filter(({ system }) => system === 'kubernetes').length).toBeGreaterThan(28);
  });

  it('replaces a worker that lost its power, with its reason in the plan, and touches no other host', async () => {
    const before = await withKubeconfig(readWitnesses);
    await control('hosts/k8s-worker-ai/power-off');
    await until('Kubernetes notices it', async () => !(await withKubeconfig(isReady('k8s-worker-ai'))));

    const plan = await copy.run(['npx', 'groundswell', 'plan'], awsEnvironment(home));
    const replaced = await copy.run(['npx', 'groundswell', 'up', '--yes'], awsEnvironment(home));

    expect(plan).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^1 node to replace/) as string });
    expect(plan.stdout).toMatch(/± node k8s-worker-ai +its host does not answer, and its Node is not Ready since /);
    expect(replaced.exitCode, replaced.stdout + replaced.stderr).toBe(0);
    expect(failed(judgeNodes(expectedNodes, await withKubeconfig(readNodes)))).toEqual([]);
    expect(failed(judgeDeployments(await withKubeconfig(readDeployments)))).toEqual([]);
    expect(othersThan('k8s-worker-ai', await withKubeconfig(readWitnesses))).toEqual(
      othersThan('k8s-worker-ai', before),
    );
  });

  it('takes a node and its unit away with the spec, and makes them again with it, and touches no other host', async () => {
    const before = await withKubeconfig(readWitnesses);
    const { spec } = Target.parse(JSON.parse(await readFile(folder('target.json'), 'utf8')));
    const whole = await readFile(spec, 'utf8');
    const document = parseDocument(whole);
    for (const [list, name] of [
      ['nodes', 'k8s-api-info'],
      ['units', 'api-info'],
    ] as const) {
      const at = z
        .array(z.object({ name: z.string() }))
        .parse(document.toJS()[list])
        .findIndex((one) => one.name === name);
      document.deleteIn([list, at]);
    }
    await writeFile(spec, document.toString({ lineWidth: 0 }));

    const less = await copy.run(['npx', 'groundswell', 'up', '--yes'], awsEnvironment(home));
    const nodes = await withKubeconfig(readNodes);
    const deployments = await withKubeconfig(readDeployments);
    await writeFile(spec, whole);
    const again = await copy.run(['npx', 'groundswell', 'up', '--yes'], awsEnvironment(home));

    expect(less.exitCode, less.stdout + less.stderr).toBe(0);
    expect(nodes.map(({ name }) => name)).not.toContain('k8s-api-info');
    expect(deployments.filter(({ unit }) => unit === 'api-info')).toEqual([]);
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    expect(failed(judgeNodes(expectedNodes, await withKubeconfig(readNodes)))).toEqual([]);
    expect(failed(judgeDeployments(await withKubeconfig(readDeployments)))).toEqual([]);
    expect(othersThan('k8s-api-info', await withKubeconfig(readWitnesses))).toEqual(othersThan('k8s-api-info', before));
  });

  it('ends the cluster by its name, and leaves nothing at EC2, as boto3 says', async () => {
    const { ec2 } = Target.parse(JSON.parse(await readFile(folder('target.json'), 'utf8')));

    const refused = await copy.run(['npx', 'groundswell', 'down', '--confirm', 'eco'], awsEnvironment(home));
    const down = await copy.run(['npx', 'groundswell', 'down', '--confirm', 'ecoeco'], awsEnvironment(home));

    expect(refused).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('nothing was changed') as string });
    expect(down.exitCode, down.stdout + down.stderr).toBe(0);
    expect(down.stdout).toContain('two sweeps looked');
    expect(await leftAtEc2(ec2?.endpoint ?? '', 'ecoeco')).toEqual([]);
  });

  it('leaves no namespace, mount, process or target behind when it is taken down', async () => {
    const name = await namespace();

    const down = await copy.run(['npm', 'run', '--silent', 'rehearsal:down']);

    expect(down.exitCode, down.stderr).toBe(0);
    expect(await stdoutOf('ip', ['netns', 'list'])).not.toContain(name.slice(0, 4));
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(copy.dir);
    expect(await copy.run(['ls', '.groundswell/target.json']).then(({ exitCode }) => exitCode)).not.toBe(0);
  });

  async function withKubeconfig<T>(
    look: (access: { readonly kubectl: string; readonly kubeconfig: string }) => Promise<T>,
  ): Promise<T> {
    const { stdout } = await copy.run(['npx', 'groundswell', 'kubeconfig']);
    const kubeconfig = join(home, 'kubeconfig');
    await writeFile(kubeconfig, stdout, { mode: 0o600 });
    return look({ kubectl: folder('bin', 'kubectl'), kubeconfig });
  }
});

function othersThan(
  name: string,
  all: ReadonlyMap<string, readonly string[]>,
): readonly (readonly [string, readonly string[]])[] {
  return [...all].filter(([node]) => node !== name).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function isReady(name: string): (access: ClusterAccess) => Promise<boolean> {
  return async (access) => (await readNodes(access)).some((node) => node.name === name && node.ready);
}

/** What an independent look finds: everything in the region, without a filter. */
async function leftAtEc2(endpoint: string, cluster: string): Promise<unknown> {
  const script = join(root, 'test', 'activities', 'removal', 'tear-down', 'left-at-ec2.py');
  return JSON.parse(
    await stdoutOf(join(root, '.groundswell', 'venv', 'bin', 'python'), [script, endpoint, cluster, '-']),
  );
}

function failed(judgements: readonly Judgement[]): readonly string[] {
  return judgements.filter(({ good }) => !good).map(({ sentence }) => sentence);
}

/** Effects of roll-outs; switching a host off and on is ours. */
function isChange({ effect }: { readonly effect: string }): boolean {
  return !effect.startsWith('power-');
}

function addressIn(stdout: string): string {
  return /^TEMPORAL_ADDRESS=(.+)$/m.exec(stdout)?.[1] ?? '';
}

async function workerPid(file: string): Promise<number> {
  return Number((await readFile(file, 'utf8')).split(' ')[0]);
}

/** Waits for something that another process does. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15 * 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited 15 minutes in vain until ${what}`);
    await pause(1_000);
  }
}

/** A home folder with AWS credentials that look real. The ids are those of AWS' own documentation. */
async function realLookingHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'groundswell-home-'));
  await mkdir(join(home, '.aws'));
  const key =
    'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n';
  await writeFile(join(home, '.aws', 'credentials'), `[default]\n${key}`);
  await writeFile(join(home, '.aws', 'config'), '[default]\nregion = ap-northeast-2\n');
  return home;
}

function awsEnvironment(home: string): Readonly<Record<string, string>> {
  return {
    HOME: home,
    XDG_CACHE_HOME: join(cacheFolder(readEnvironment()), '..'),
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_REGION: 'ap-northeast-2',
    AWS_PROFILE: 'default',
  };
}

async function countPackets(name: string): Promise<void> {
  const nft = (...args: readonly string[]): Promise<string> => stdoutOf('ip', ['netns', 'exec', name, 'nft', ...args]);
  await nft('add', 'table', 'inet', 'seen');
  await nft('add chain inet seen out { type filter hook output priority 0; }');
  await nft('add rule inet seen out oifname lo counter accept comment "loopback"');
  await nft('add rule inet seen out ip daddr 198.18.0.0/16 counter accept comment "hosts"');
  // neighbour discovery of the link itself
  await nft('add rule inet seen out ip6 daddr ff02::/16 counter accept comment "link"');
  await nft('add rule inet seen out counter comment "elsewhere"');
}

async function packetCounters(name: string): Promise<{ readonly hosts: number; readonly elsewhere: number }> {
  const listed = await stdoutOf('ip', ['netns', 'exec', name, 'nft', 'list', 'table', 'inet', 'seen']);
  const packets = (comment: string): number =>
    Number(new RegExp(`counter packets (\\d+) bytes \\d+ (?:accept )?comment "${comment}"`).exec(listed)?.[1] ?? -1);
  return { hosts: packets('hosts'), elsewhere: packets('elsewhere') };
}
