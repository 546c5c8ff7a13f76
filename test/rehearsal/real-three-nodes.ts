import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { vi } from 'vitest';
import { z } from 'zod';
import { readDeployments, readNodes } from '../../observer/cluster.js';
import { judgeDeployments, judgeLedger, judgeNodes, type ExpectedNode } from '../../observer/judge.js';
import { readLedger, type LedgerLine } from '../../observer/ledger.js';
import type { FaultWord } from '../../rehearsal/break-host.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { Target } from '../../installation/target.js';
import { withClient } from '../with-client.js';
import { freshCopy, type Outcome } from './fresh-copy.js';

/** The three nodes of `examples/three-nodes.yaml`, written down by hand. */
const expected: readonly ExpectedNode[] = [
  {
    name: 'k8s-master',
    role: 'control-plane',
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    taints: ['node-role.kubernetes.io/control-plane:NoSchedule'],
  },
  { name: 'k8s-redis', role: 'worker', labels: { tier: 'infrastructure', workload: 'redis' }, taints: [] },
  {
    name: 'k8s-api-auth',
    role: 'worker',
    labels: { tier: 'api', phase: '1', workload: 'api', domain: 'auth' },
    taints: [],
  },
];
const Outside = z.object({ controlPort: z.number() });
const ServerState = z.object({ pid: z.number() });

/** A rehearsal of three nodes on real hosts, in a copy of this tree. Nothing of the cluster exists yet. */
export interface RealThreeNodes {
  /** A client of its Temporal server, as it is now. */
  readonly withClient: <T>(use: (client: Client) => Promise<T>) => Promise<T>;
  /** Starts a roll-out that needs no approval, and leaves it running. */
  start(workflowId: string): Promise<void>;
  /** `npm run rehearsal:up`: what died is started again, and nothing is rolled out. */
  bringUp(): Promise<void>;
  /** `npm start -- --yes`: what died is started again, and the cluster is rolled out. Its exit code and output. */
  up(): Promise<{ readonly exitCode: number; readonly output: string }>;
  /** What its workers act on. */
  target(): Promise<Target>;
  /** Kills every worker without a word. */
  killWorkers(): Promise<void>;
  /** Kills the Temporal server and removes its database. */
  loseDatabase(): Promise<void>;
  /** Runs `npx groundswell` with these arguments to its end. */
  cli(...args: readonly string[]): Promise<Outcome>;
  /** `npm run fault`: does something to the host of a node. Fails with what is said against it. */
  fault(node: string, word: FaultWord): Promise<void>;
  /** How `kubectl` reaches the cluster as an administrator, while there is one. */
  kubectlAccess(): Promise<{ readonly kubectl: string; readonly kubeconfig: string }>;
  ledger(): Promise<readonly LedgerLine[]>;
  /** Everything that `kubectl` and the ledger find wrong. */
  whatIsWrong(): Promise<readonly string[]>;
  /** Join tokens that are still good, and transient units that still run on the hosts. */
  leftovers(): Promise<readonly string[]>;
  end(): Promise<void>;
}

/** Brings one up. Fails with the output of `rehearsal:up`. */
export async function realThreeNodes(name: string): Promise<RealThreeNodes> {
  const copy = await freshCopy(name);
  const env = { XDG_CACHE_HOME: join(cacheFolder(readEnvironment()), '..') };
  const spec = ['--', '--yes', '--spec', 'examples/three-nodes.yaml'];
  const folder = (...path: readonly string[]): string => join(copy.dir, '.groundswell', ...path);
  const end = async (): Promise<void> => {
    await copy.run(['npm', 'run', '--silent', 'rehearsal:down']);
    await copy.remove();
  };
  const bringUp = async (): Promise<string> => {
    const { exitCode, stdout, stderr } = await copy.run(['npm', 'run', '--silent', 'rehearsal:up', ...spec], env);
    const address = /^TEMPORAL_ADDRESS=(.+)$/m.exec(stdout)?.[1];
    if (exitCode === 0 && address !== undefined) return address;
    throw new Error(`rehearsal:up ended with ${exitCode}: ${stdout}${stderr}`);
  };
  let address = await bringUp().catch(async (error: unknown) => {
    await end();
    throw error;
  });

  async function control(path: string): Promise<void> {
    const { controlPort } = Outside.parse(JSON.parse(await readFile(folder('rehearsal', 'outside.json'), 'utf8')));
    const response = await fetch(`http://127.0.0.1:${controlPort}/${path}`, { method: 'POST' });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }

  async function ledger(): Promise<readonly LedgerLine[]> {
    await control('ledger');
    return readLedger(folder('rehearsal', 'ledger.ndjson'));
  }

  async function kubectlAccess(): Promise<{ readonly kubectl: string; readonly kubeconfig: string }> {
    const kubeconfig = folder('kubeconfig-of-the-test');
    const { stdout } = await copy.run(['npx', 'groundswell', 'kubeconfig'], env);
    await writeFile(kubeconfig, stdout, { mode: 0o600 });
    return { kubectl: folder('bin', 'kubectl'), kubeconfig };
  }

  const asClient = <T>(use: (client: Client) => Promise<T>): Promise<T> => withClient(address, use);
  return {
    withClient: asClient,
    ledger,
    kubectlAccess,
    end,
    cli: (...args) => copy.run(['npx', 'groundswell', ...args], env),
    fault: (node, word) => control(`hosts/${node}/${word}`),
    target: async () => Target.parse(JSON.parse(await readFile(folder('target.json'), 'utf8'))),
    killWorkers: () => killWorkers(folder('rehearsal')),
    start: (workflowId) =>
      asClient(async ({ workflow }) => {
        await workflow.start('rollOutCluster', { taskQueue: 'groundswell', workflowId, args: [{ approve: true }] });
      }),
    async bringUp() {
      address = await bringUp();
    },
    async up() {
      const { exitCode, stdout, stderr } = await copy.run(['npm', 'start', ...spec], env);
      return { exitCode, output: `${stdout}${stderr}` };
    },
    async loseDatabase() {
      const { pid } = ServerState.parse(
        JSON.parse(await readFile(folder('rehearsal', 'temporal', 'server.json'), 'utf8')),
      );
      process.kill(pid, 'SIGKILL');
      const dir = folder('rehearsal', 'temporal');
      for (const file of await readdir(dir)) if (file.startsWith('temporal.db')) await rm(join(dir, file));
    },
    async whatIsWrong() {
      const access = await kubectlAccess();
      const [nodes, deployments, lines] = [await readNodes(access), await readDeployments(access), await ledger()];
      return [
        ...judgeNodes(expected, nodes),
        ...judgeDeployments(deployments),
        ...judgeLedger(expected, lines),
      ].flatMap(({ good, sentence }) => (good ? [] : [sentence]));
    },
    async leftovers() {
      const { kubectl, kubeconfig } = await kubectlAccess();
      const query = ['-n', 'kube-system', 'get', 'secrets', '-o', 'name'];
      const ofTokens = ['--field-selector', 'type=bootstrap.kubernetes.io/token'];
      const tokens = await copy.run([kubectl, '--kubeconfig', kubeconfig, ...query, ...ofTokens]);
      const units = await Promise.all(
        expected.map(async ({ name }) => {
          const command = [
            'systemctl',
            'list-units',
            '--plain',
            '--no-legend',
            '--state=activating',
            "'groundswell-*'",
          ];
          const listed = await copy.run(['npx', 'groundswell', 'ssh', name, ...command], env);
          return [listed.stdout, listed.exitCode === 0 ? '' : listed.stderr].map((text) => [name, text] as const);
        }),
      );
      return [
        ...linesOf(tokens.stdout + (tokens.exitCode === 0 ? '' : tokens.stderr)),
        ...units.flat().flatMap(([name, text]) => linesOf(text).map((line) => `${name}: ${line}`)),
      ];
    },
  };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Each worker of a rehearsal notes itself in a file of its own. */
async function killWorkers(folder: string): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!/^worker-\d+\.pid$/.test(file)) continue;
    const [pid = ''] = (await readFile(join(folder, file), 'utf8')).split(' ');
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it is gone
    }
    await rm(join(folder, file));
  }
}

/** Waits for something that another process does, for a quarter of an hour at most. */
export async function eventually<T>(look: () => Promise<T | undefined>, intervalMs = 200): Promise<T> {
  let found: T | undefined;
  await vi.waitUntil(async () => (found = await look()) !== undefined, { timeout: 15 * 60_000, interval: intervalMs });
  if (found === undefined) throw new Error('expected something to be found');
  return found;
}
