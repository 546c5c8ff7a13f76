import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { WorkflowClient, WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ActivityPaces } from '../../activities/index.js';
import { noDurations } from '../../rehearsal/simulated/durations.js';
import { parseFault } from '../../rehearsal/simulated/faults.js';
import { serveSystems } from '../../rehearsal/simulated/serve-systems.js';
import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import { simulatedSpec } from '../../rehearsal/simulated/simulated-spec.js';
import { createSimulatedSystems, type SimulatedSystems } from '../../rehearsal/simulated/simulated-systems.js';
import { createWorld, type Effect, type World } from '../../rehearsal/simulated/world.js';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { openSshKeyPair } from '../../systems/ssh/openssh-private-key.js';
import { root } from '../../installation/config.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import type { RefusedRun } from '../../worker/replay-open-runs.js';
import { runWorker, type WorkerTuning } from '../../worker/run-worker.js';
import type { Target } from '../../installation/target.js';
import { resolveTemporalCli } from '../../installation/temporal-server/resolve-temporal-cli.js';
import { resolveTestServer } from '../../installation/temporal-server/resolve-test-server.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { rollOutCluster } from '../../workflows/index.js';
import { createGates, type Gates } from './gates.js';
import { workflowBundle } from './workflow-bundle.js';

export type FrontDoorHandle = WorkflowHandle<typeof rollOutCluster>;

/** A Temporal server that skips time, a simulated outside, and our own worker between them. One for each test. */
export interface SimulatedRehearsal {
  readonly env: TestWorkflowEnvironment;
  readonly client: WorkflowClient;
  readonly world: World;
  readonly systems: SimulatedSystems;
  readonly target: Target;
  readonly gates: Gates;
  /** Where the simulated outside answers over HTTP, for who only looks and for workers of another process. */
  readonly outsideUrl: string;
  /** Name of the cluster of the default spec. */
  readonly cluster: string;
  /** What happened to the outside so far, or what of it has one of these names: `RunInstances`, `kubeadm join`, `apply`. */
  effects(...names: readonly string[]): readonly Effect[];
  /** Starts the front door. Time does not skip before somebody waits for a result or `passTime`. */
  rollOut(input?: unknown, workflowId?: string): Promise<FrontDoorHandle>;
  /** Ends the worker as a SIGTERM would. */
  endWorker(): Promise<void>;
  /** Starts a worker that knows nothing of the one before. */
  startWorker(build?: { readonly codePath: string }): Promise<readonly RefusedRun[]>;
  /** Lets virtual time pass in steps until something holds; fails after `atMost` steps. */
  passTime(until: () => Promise<boolean>, step?: string, atMost?: number): Promise<void>;
}

export interface SimulatedRehearsalOptions {
  /** The default spec, relative to the repository. Default: `cluster.yaml`. */
  readonly spec?: string;
  readonly faults?: readonly string[];
  readonly paces?: ActivityPaces;
  readonly tuning?: WorkerTuning;
  /** The real one skips no time, but takes tasks back from a worker that is gone. Default: `time-skipping`. */
  readonly server?: 'time-skipping' | 'real';
  /** Default: a worker runs from the start. */
  readonly worker?: boolean;
  /** Another one whose world this one shares, as another Temporal; both servers have to be real. Default: a world of its own. */
  readonly beside?: SimulatedRehearsal;
}

/** Looks often and gives up soon: nothing in the simulated outside takes time. */
const shortPaces: ActivityPaces = {
  network: { everyMs: 10, deadlineMs: 5_000 },
  instances: { everyMs: 10, deadlineMs: 5_000, lagMs: 0 },
  hosts: { everyMs: 10, deadlineMs: 5_000, loginDeadlineMs: 5_000 },
  nodes: { everyMs: 10, deadlineMs: 5_000 },
  waves: { everyMs: 10, deadlineMs: 300, settleMs: 0 },
  verification: { everyMs: 10, deadlineMs: 5_000 },
};

let quiet = false;

/** Failures are what these tests are about: only what should never happen is logged. */
export function installQuietLogging(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}

/** Brings one up for the running test; it is ended with the test. */
export async function aSimulatedRehearsal(options: SimulatedRehearsalOptions = {}): Promise<SimulatedRehearsal> {
  installQuietLogging();
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-workflows-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = await startServer(options.server ?? 'time-skipping');
  onTestFinished(() => env.teardown());

  const { beside } = options;
  const place = { address: env.address, namespace: env.namespace ?? 'default' };
  const { target, cluster } =
    beside === undefined
      ? await aTarget(folder, place, options.spec ?? 'cluster.yaml')
      : { target: { ...beside.target, temporal: place }, cluster: beside.cluster };
  const ledger: Effect[] = [];
  const world =
    beside?.world ??
    createWorld({
      durations: noDurations,
      faults: (options.faults ?? []).map(parseFault),
      onEffect: (effect) => ledger.push(effect),
    });
  const gates = beside?.gates ?? createGates();
  const systems =
    beside?.systems ?? gates.around(createSimulatedSystems(world, createFolderArtifacts(target.artifacts)));
  const outsideUrl = await serve({ world, systems });
  const bundle = await workflowBundle();
  let worker: { readonly end: () => void; readonly ended: Promise<void> } | undefined;

  const rehearsal: SimulatedRehearsal = {
    env,
    client: env.client.workflow,
    world,
    systems,
    target,
    gates,
    cluster,
    outsideUrl,
    effects: (...names) =>
      beside?.effects(...names) ?? ledger.filter(({ effect }) => names.length === 0 || names.includes(effect)),
    rollOut: (input = {}, workflowId = `test-${randomBytes(4).toString('hex')}`) =>
      env.client.workflow.start<typeof rollOutCluster>('rollOutCluster', {
        taskQueue,
        workflowId,
        // whatever people may type is allowed to reach the workflow
        args: [z.custom<Parameters<typeof rollOutCluster>[0]>(() => true).parse(input)],
      }),
    async startWorker(build = bundle) {
      const refused: RefusedRun[] = [];
      const simulated = await simulatedDependencies(target, systems);
      const another = { temporal: { address: target.temporal.address, host: 'another-machine' } };
      const dependencies = { ...simulated, ...(beside === undefined ? {} : another) };
      const end = Promise.withResolvers<undefined>();
      const ready = Promise.withResolvers<undefined>();
      const ended = runWorker({
        ...target.temporal,
        dependencies,
        paces: { ...shortPaces, ...options.paces },
        workflowBundle: build,
        ...(options.tuning === undefined ? {} : { tuning: options.tuning }),
        onRefusedRun: (run) => refused.push(run),
        until: end.promise,
        onReady: () => {
          ready.resolve(undefined);
        },
      });
      worker = {
        ended,
        end: () => {
          end.resolve(undefined);
        },
      };
      await Promise.race([ready.promise, ended]);
      return refused;
    },
    async endWorker() {
      worker?.end();
      await worker?.ended;
      worker = undefined;
    },
    async passTime(until, step = '1 minute', atMost = 60) {
      for (let steps = 0; steps < atMost; steps += 1) {
        if (await until()) return;
        await env.sleep(step);
      }
      throw new Error(`expected it to hold after ${atMost} times ${step}: ${until.toString()}`);
    },
  };
  if (options.worker ?? true) await rehearsal.startWorker();
  onTestFinished(() => rehearsal.endWorker());
  return rehearsal;
}

/** Waits in real time until something holds; for what needs no virtual time to pass. */
export async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  await vi.waitUntil(holds, { timeout: timeoutMs, interval: 20 });
}

async function serve(outside: Parameters<typeof serveSystems>[0]): Promise<string> {
  const server = await serveSystems(outside);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function startServer(kind: 'time-skipping' | 'real'): Promise<TestWorkflowEnvironment> {
  const options = { cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined };
  if (kind === 'real') {
    const { path } = await resolveTemporalCli(options);
    return TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } });
  }
  const { path } = await resolveTestServer(options);
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

async function aTarget(folder: string, temporal: Target['temporal'], spec: string) {
  const source = join(root, spec);
  const sshKey = join(folder, 'ssh-key');
  await writeFile(sshKey, openSshKeyPair(randomBytes(32), 'test').privateKey, { mode: 0o600 });
  const { text } = simulatedSpec({ text: await readFile(source, 'utf8'), folder: dirname(source), sshKey });
  await writeFile(join(folder, 'cluster.yaml'), text);
  const target: Target = {
    kind: 'simulated',
    temporal,
    spec: join(folder, 'cluster.yaml'),
    artifacts: join(folder, 'artifacts'),
    workerSecretFile: join(folder, 'worker-secret'),
  };
  return { target, cluster: z.object({ cluster: z.string() }).parse(parse(text)).cluster };
}
