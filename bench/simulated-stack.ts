import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { ownProgram, stopBackground } from '../rehearsal/background.js';
import { startTemporal } from '../rehearsal/bring-up/start-temporal.js';
import { rehearsalFolder, type RehearsalFolder } from '../rehearsal/rehearsal-folder.js';
import type { Durations } from '../rehearsal/simulated/durations.js';
import { serveSystems } from '../rehearsal/simulated/serve-systems.js';
import { simulatedSpec } from '../rehearsal/simulated/simulated-spec.js';
import { createSimulatedSystems } from '../rehearsal/simulated/simulated-systems.js';
import { createWorld } from '../rehearsal/simulated/world.js';
import { startWorker } from '../rehearsal/bring-up/start-worker.js';
import { createFolderArtifacts } from '../systems/artifacts/folder-artifacts.js';
import { openSshKeyPair } from '../systems/ssh/openssh-private-key.js';
import { root } from '../installation/config.js';
import type { Target } from '../installation/target.js';
import { stopEmbeddedServer } from '../installation/temporal-server/embedded-server.js';
import type { BenchWorkerInput } from './bench-worker.js';

export interface SimulatedStackInput extends Pick<BenchWorkerInput, 'paces' | 'ansibleRuns'> {
  /** The spec as it would go to AWS; its units are relative to the root of the repository. */
  readonly spec: string;
  /** How long the simulated outside takes. */
  readonly durations: Durations;
  readonly onLine: (line: string) => void;
}

/** A real Temporal server, our worker and a simulated outside, all of a benchmark's own: no rehearsal is touched. */
export interface SimulatedStack {
  readonly client: Client;
  readonly target: Target;
  /** Path of the `temporal` program. */
  readonly cli: string;
  readonly serverPid: number;
  readonly workerPid: number;
  /** Ends everything and removes its folder. */
  end(): Promise<void>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Brings one up in a folder of its own. The outside is part of this process; server and worker are processes. */
export async function bringStackUp(input: SimulatedStackInput): Promise<SimulatedStack> {
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-bench-'));
  const cleanUps: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const end = async (): Promise<void> => {
    for (const signal of signals) process.off(signal, leave);
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  // server and worker are processes of their own: they would go on without us
  const leave = (): void => {
    void end().finally(() => process.exit(130));
  };
  for (const signal of signals) process.on(signal, leave);
  try {
    // all files are in the new folder, the programs are those of this clone
    const folder = { ...rehearsalFolder(dir), root };
    await mkdir(folder.dir, { recursive: true });
    const server = await startTemporal(folder, input.onLine);
    cleanUps.push(() => stopEmbeddedServer(folder.dir));
    const outside = await serveOutside(folder, input.durations);
    cleanUps.push(() => outside.close());
    const target = await writeTarget(folder, { ...input, address: server.address, outside: outside.url });
    cleanUps.push(() => stopBackground(folder, 'worker', 20_000));
    await startWorker(folder, target, input.onLine);
    const connection = await Connection.connect({ address: server.address });
    cleanUps.push(() => connection.close());
    return {
      client: new Client({ connection }),
      target,
      cli: join(folder.bin, 'temporal'),
      serverPid: server.pid,
      workerPid: await pidOf(folder),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function serveOutside(folder: RehearsalFolder, durations: Durations) {
  const world = createWorld({ durations, faults: [], onEffect: () => undefined });
  const systems = createSimulatedSystems(world, createFolderArtifacts(folder.artifacts));
  const server = await serveSystems({ world, systems });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async close(): Promise<void> {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function writeTarget(
  folder: RehearsalFolder,
  input: SimulatedStackInput & { readonly address: string; readonly outside: string },
): Promise<Target> {
  await writeFile(folder.sshKey, openSshKeyPair(randomBytes(32), 'benchmark').privateKey, { mode: 0o600 });
  const { text } = simulatedSpec({ text: input.spec, folder: root, sshKey: folder.sshKey });
  await writeFile(folder.spec, text);
  const target: Target = {
    kind: 'simulated',
    temporal: { address: input.address, namespace: 'default' },
    spec: folder.spec,
    artifacts: folder.artifacts,
    workerSecretFile: folder.workerSecret,
    simulatedOutside: input.outside,
  };
  const { paces, ansibleRuns } = input;
  const worker: BenchWorkerInput = { target, paces, ...(ansibleRuns === undefined ? {} : { ansibleRuns }) };
  return {
    ...target,
    workerCommand: [...ownProgram(folder, 'bench/bench-worker.ts', ['--run', JSON.stringify(worker)])],
  };
}

async function pidOf(folder: RehearsalFolder): Promise<number> {
  const [pid = ''] = (await readFile(join(folder.dir, 'worker.pid'), 'utf8')).split(' ');
  return z.coerce.number().int().positive().parse(pid);
}
