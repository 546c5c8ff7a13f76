import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { noDurations } from '../../rehearsal/simulated/durations.js';
import { serveSystems, type Passage } from '../../rehearsal/simulated/serve-systems.js';
import { simulatedSpec } from '../../rehearsal/simulated/simulated-spec.js';
import { createSimulatedSystems, type SimulatedSystems } from '../../rehearsal/simulated/simulated-systems.js';
import { createWorld, type Effect, type World } from '../../rehearsal/simulated/world.js';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { startDetached } from '../../systems/process.js';
import { openSshKeyPair } from '../../systems/ssh/openssh-private-key.js';
import { root } from '../../installation/config.js';
import { stateFolder, type Target } from '../../installation/target.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import { compiledTree } from './compiled-tree.js';
import { measuredStretch } from './measured-stretch.js';
import { served } from './served.js';
import type { CrashWorkerInput } from './crash-worker.js';

export interface ThreeNodesOptions {
  readonly address: string;
  /** Default `default`. */
  readonly namespace?: string;
  /** How long the certificates of kubeadm init live. Default 365. */
  readonly certificateDays?: number;
}

/** A simulated outside that is asked for three nodes, and worker processes that can be killed. */
export interface ThreeNodes {
  readonly cluster: string;
  readonly target: Target;
  readonly systems: SimulatedSystems;
  readonly world: World;
  readonly ledger: readonly Effect[];
  /** Lets calls reach the outside, through a passage; returns the URL for a worker. */
  serve(passage: Passage): Promise<string>;
  /** Starts a worker. Returns its pid; it is killed with the test at the latest. */
  startWorker(urls: Pick<CrashWorkerInput, 'outside' | 'director'>): Promise<number>;
}

const spec = join(root, 'examples/three-nodes.yaml');

/** Makes an outside in which nothing exists yet, for the running test. */
export async function threeNodes(options: ThreeNodesOptions): Promise<ThreeNodes> {
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-crash-'));
  const pids: number[] = [];
  let over = false;
  onTestFinished(async () => {
    over = true;
    for (const pid of pids) kill(pid);
    await rm(folder, { recursive: true, force: true });
  });
  const target = await aTarget(folder, options);
  const ledger: Effect[] = [];
  const world = createWorld({
    durations: noDurations,
    ...(options.certificateDays === undefined ? {} : { certificateDays: options.certificateDays }),
    faults: [],
    onEffect: (effect) => ledger.push(effect),
  });
  const systems = createSimulatedSystems(world, createFolderArtifacts(target.artifacts));
  return {
    ...{ cluster: 'three', target, systems, world, ledger },
    async serve(passage) {
      return served(await serveSystems({ world, systems, passage }));
    },
    async startWorker(urls) {
      const { codePath, stretch } = await crashBundle();
      const program = join(await compiledTree(), 'test/crash/crash-worker.js');
      if (over) throw new Error('the test is over: no worker is started any more');
      const input: CrashWorkerInput = { target, codePath, stretch, ...urls };
      const pid = startDetached(process.execPath, [program, '--run', JSON.stringify(input)], {
        cwd: root,
        logFile: join(folder, 'worker.log'),
      });
      pids.push(pid);
      return pid;
    },
  };
}

let bundle: Promise<CrashBundle> | undefined;

type CrashBundle = Pick<CrashWorkerInput, 'codePath' | 'stretch'>;

/**
 * The workflows with time-outs as short as this machine allows (`measuredStretch`): what takes minutes takes seconds. Made
 * once, which keeps this process from anything else for seconds.
 */
export function crashBundle(): Promise<CrashBundle> {
  bundle ??= measuredStretch().then(async (stretch) => {
    const folder = join(stateFolder(root), 'test', 'interceptors');
    const file = join(folder, `stretched-${stretch}.ts`);
    const times = {
      heartbeatTimeout: stretch * 2_500,
      shortActivity: stretch * 3_000,
      longestRetryMs: stretch * 500,
      longestTimerMs: 300,
    };
    const module = JSON.stringify(join(import.meta.dirname, 'short-time-outs.js'));
    await mkdir(folder, { recursive: true });
    await writeFile(
      file,
      `import { shortTimeOuts } from ${module};\nexport const interceptors = shortTimeOuts(${JSON.stringify(times)});\n`,
    );
    return { ...(await workflowBundle(file)), stretch };
  });
  return bundle;
}

/** Kills a worker without a word. Nothing happens when it is gone already. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it is gone
  }
}

async function aTarget(folder: string, { address, namespace = 'default' }: ThreeNodesOptions): Promise<Target> {
  await mkdir(folder, { recursive: true });
  const sshKey = join(folder, 'ssh-key');
  await writeFile(sshKey, openSshKeyPair(randomBytes(32), 'test').privateKey, { mode: 0o600 });
  const { text } = simulatedSpec({ text: await readFile(spec, 'utf8'), folder: dirname(spec), sshKey });
  await writeFile(join(folder, 'cluster.yaml'), text);
  return {
    kind: 'simulated',
    temporal: { address, namespace },
    spec: join(folder, 'cluster.yaml'),
    artifacts: join(folder, 'artifacts'),
    workerSecretFile: join(folder, 'worker-secret'),
  };
}
