import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { recentWorkers } from '../../client/runs/ask-temporal.js';
import { runCli } from '../../client/cli/run-cli.js';
import { connectToTemporal } from '../../client/runs/connection.js';
import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import { runProcess, startDetached } from '../../systems/process.js';
import { endProcess, isRunning, recordProcess } from '../../systems/recorded-process.js';
import { root, targetOf } from '../../installation/config.js';
import { readEnvironment } from '../../installation/environment.js';
import { runWorker } from '../../worker/run-worker.js';
import { readTarget } from '../../installation/target.js';
import { temporalConnection } from '../../installation/temporal-profile.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { captured } from '../client/captured-streams.js';
import { failureOf } from '../workflows/refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import {
  makeCertificates,
  serverName,
  startFront,
  type Certificates,
  type Demands,
  type TemporalFront,
} from '../worker/temporal-front.js';

// the commands of a clone in which a rehearsal runs are about that rehearsal
const rehearsed = await readTarget(root);
const skipped = rehearsed === undefined ? '' : ' (skipped: a rehearsal runs in this clone; npm run rehearsal:down)';

const apiKey = 'an-api-key-that-nobody-may-see';

let folder: string;
let certificates: Certificates;

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [captured(), captured()];
  const exitCode = await runCli(args, { stdout, stderr, color: false, canAsk: false });
  return { exitCode, output: stdout.text() + stderr.text() };
}

/** A real server whose outside is simulated, a front before it, and this process configured for nothing yet. */
async function aFront(demands: Demands): Promise<{ rehearsal: SimulatedRehearsal; front: TemporalFront }> {
  const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml', worker: false });
  const front = await startFront(rehearsal.env.address, certificates, demands);
  onTestFinished(() => front.end());
  vi.stubEnv('GROUNDSWELL_SPEC', rehearsal.target.spec);
  vi.stubEnv('GROUNDSWELL_ARTIFACTS', rehearsal.target.artifacts);
  vi.stubEnv('GROUNDSWELL_WORKER_SECRET_FILE', rehearsal.target.workerSecretFile);
  return { rehearsal, front };
}

/** A `temporal.toml` in its default place. */
async function configureMutualTls({ address }: TemporalFront): Promise<void> {
  const { authority, client } = certificates;
  const file = join(folder, 'temporalio', 'temporal.toml');
  await mkdir(dirname(file));
  await writeFile(
    file,
    [
      ...['[profile.default]', `address = "${address}"`, 'namespace = "default"', '[profile.default.tls]'],
      ...[`server_name = "${serverName}"`, `server_ca_cert_path = "${authority}"`],
      ...[`client_cert_path = "${client.certificate}"`, `client_key_path = "${client.key}"`],
    ].join('\n'),
  );
}

function configureApiKey({ address }: TemporalFront, key = apiKey): void {
  vi.stubEnv('TEMPORAL_ADDRESS', address);
  vi.stubEnv('TEMPORAL_API_KEY', key);
  vi.stubEnv('TEMPORAL_TLS_SERVER_NAME', serverName);
  vi.stubEnv('TEMPORAL_TLS_SERVER_CA_CERT_PATH', certificates.authority);
}

/** Our worker of the configured target, with simulated systems, in this process. */
async function startWorker({ target, outsideUrl, env }: SimulatedRehearsal): Promise<void> {
  const end = Promise.withResolvers<undefined>();
  const ready = Promise.withResolvers<undefined>();
  const ended = runWorker({
    ...temporalConnection(readEnvironment(), await targetOf(readEnvironment())),
    dependencies: await simulatedDependencies({ ...target, simulatedOutside: outsideUrl }),
    workflowBundle: await workflowBundle(),
    until: end.promise,
    onReady: () => {
      ready.resolve(undefined);
    },
  });
  onTestFinished(async () => {
    end.resolve(undefined);
    await ended;
  });
  await Promise.race([ready.promise, ended]);
  // a command asks the server whether anybody polls, which it learns a moment after the worker has begun to
  await until(async () => (await recentWorkers(env.client, taskQueue, 'workflow')).length > 0);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-profile-'));
  certificates = await makeCertificates(folder);
  for (const name of Object.keys(process.env).filter((known) => known.startsWith('TEMPORAL_'))) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(rehearsed !== undefined)(`a Temporal server that lets nobody in${skipped}`, () => {
  it('without a client certificate gets it from worker and CLI, by temporal.toml in its default place', async () => {
    const { rehearsal, front } = await aFront({ clientCertificate: true });
    await configureMutualTls(front);
    await startWorker(rehearsal);
    vi.stubEnv('TEMPORAL_TLS', 'false');
    expect(await run('status')).toMatchObject({ exitCode: 5 });
    vi.stubEnv('TEMPORAL_TLS', undefined);

    const { exitCode, output } = await run('up', '--yes');

    expect(output).toContain('done');
    expect(exitCode).toBe(0);
    expect(rehearsal.effects('RunInstances')).toHaveLength(1);
    for (const call of ['PollWorkflowTaskQueue', 'RespondActivityTaskCompleted', 'StartWorkflowExecution']) {
      expect(front.calls).toContain(call);
    }
  });

  it('without an API key gets it from worker and CLI with every call, and nobody else sees it', async () => {
    const { rehearsal, front } = await aFront({ apiKey });
    configureApiKey(front);
    await startWorker(rehearsal);

    const { exitCode, output } = await run('up', '--yes');

    expect(output).toContain('done');
    expect(exitCode).toBe(0);
    expect(rehearsal.effects('RunInstances')).toHaveLength(1);
    for (const call of ['PollWorkflowTaskQueue', 'RespondActivityTaskCompleted', 'StartWorkflowExecution']) {
      expect(front.calls).toContain(call);
    }
    expect(front.refused).toEqual([]);
    expect(output + JSON.stringify(await targetOf(readEnvironment()))).not.toContain(apiKey);
  });

  it('is where `groundswell worker` works, with what the file in its default place says', async () => {
    const { front } = await aFront({ clientCertificate: true });
    await configureMutualTls(front);
    const logFile = join(folder, 'worker.log');
    const pid = startDetached(process.execPath, ['--import', 'tsx', 'client/cli/main.ts', 'worker'], {
      cwd: root,
      env: ownEnvironment(),
      logFile,
    });
    const worker = await recordProcess(pid);
    onTestFinished(() => (worker === undefined ? Promise.resolve() : endProcess(worker, 20_000)));
    const log = () => readFile(logFile, 'utf8').catch(() => '');
    await until(async () => (await log()).includes('worker: polls') || !(await isRunning(worker!)), 240_000);
    expect(await log()).toContain(`target: live, Temporal at ${front.address}`);
    expect(await log()).toContain('worker: polls');

    const client = await connectToTemporal(await targetOf(readEnvironment()));
    onTestFinished(() => client.connection.close());
    const asked = { taskQueue, workflowId: 'a-plan', args: [{ spec: 'nowhere.yaml' }] };
    const failure = await failureOf(client.workflow.execute('planCluster', asked));

    expect(failure).toMatchObject({ type: 'InputInvalid', message: expect.stringContaining('nowhere.yaml') });
    expect(front.calls).toContain('RespondActivityTaskFailed');
  });

  it('that is given another key is said to refuse, by CLI and worker, in one line that does not hold the key', async () => {
    const { front } = await aFront({ apiKey });
    const wrong = 'a-wrong-key-that-nobody-may-see';
    configureApiKey(front, wrong);

    const status = await run('status');
    const worker = await runProcess(process.execPath, ['--import', 'tsx', 'client/cli/main.ts', 'worker'], {
      cwd: root,
      env: ownEnvironment(),
    });

    expect(status.exitCode).toBe(5);
    expect(status.output).toContain(`Temporal at ${front.address}: refuses: the API key is not known here`);
    expect(worker.exitCode).toBe(5);
    expect(worker.stderr).toContain(`Temporal at ${front.address}: `);
    expect(worker.stderr).toContain('the API key is not known here');
    expect(status.output + worker.stdout + worker.stderr).not.toContain(wrong);
    expect(front.calls).toEqual([]);
  });
});

/** The environment of a worker process: what this test has set, and a playbook program that nobody has to install. */
function ownEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => /^(TEMPORAL_|GROUNDSWELL_|XDG_CONFIG_HOME)/.test(name));
  const more = { PATH: dirname(process.execPath), HOME: folder, GROUNDSWELL_ANSIBLE_PLAYBOOK: '/bin/true' };
  return { ...Object.fromEntries(own.map(([name, value = '']) => [name, value])), ...more };
}
