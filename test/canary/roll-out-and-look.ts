import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { addApprove } from '../../client/commands/approve.js';
import { addLogs } from '../../client/commands/logs.js';
import { addPlan } from '../../client/commands/plan.js';
import { addStatus } from '../../client/commands/status.js';
import { startDetached } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { runCommand } from '../client/run-command.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import type { CanaryWorkerInput } from './canary-worker.js';
import { tracesOfFolder, tracesOfServer, watchHeartbeats } from './collect-traces.js';
import { findCanaries, type Trace } from './find-canaries.js';
import { canariesOf, nodes, type Planted } from './planted-secrets.js';
import { sampleProcesses } from './sample-processes.js';

interface RollOutInput {
  readonly planted: Planted;
  readonly ansible?: CanaryWorkerInput['ansible'];
  readonly leaks?: boolean;
}

/** A whole roll-out, one step of which fails at first, and every canary that is found in what it left. */
export async function rollOutAndLook({ planted, ansible, leaks = false }: RollOutInput) {
  const rehearsal = await aSimulatedRehearsal({
    server: 'real',
    spec: 'examples/three-nodes.yaml',
    faults: ['k8s-api-auth: join fails once'],
    worker: false,
  });
  const folder = dirname(rehearsal.target.spec);
  const runsFolder = join(folder, 'ansible-runs');
  const tokensFile = join(folder, 'tokens');
  await registerSearchAttributes(rehearsal);
  await nameKeyByReference(rehearsal.target.spec);
  await plantUnit(rehearsal.target.spec, planted);
  await writeFile(rehearsal.target.workerSecretFile, `${planted.workerSecret}\n`, { mode: 0o600 });

  const heartbeats = watchHeartbeats(rehearsal.client);
  const pid = await startWorker(
    rehearsal,
    { runsFolder, tokensFile, leaks, ...(ansible === undefined ? {} : { ansible }) },
    planted,
  );
  const processes = sampleProcesses([pid]);
  const handle = await rehearsal.rollOut({ approve: true, gitSha: leaks ? planted.awsSecretKey : 'a1b2c3' });
  const outputs = leaks ? await whatLeaksSay(rehearsal, planted) : [];
  expect(await handle.result()).toMatchObject({ outcome: 'done' });

  const traces: readonly Trace[] = [
    ...(await tracesOfServer(rehearsal.client)),
    ...(await heartbeats.stop()),
    ...(await tracesOfFolder('artifact', rehearsal.target.artifacts)),
    ...(await tracesOfFolder('run folder', runsFolder)),
    ...outputs,
    ...(await outputsOf(rehearsal)),
    ...(await processes.stop()),
    { place: 'worker log', what: 'worker.log', text: await readFile(join(folder, 'worker.log'), 'utf8') },
    { place: 'ledger', what: 'ledger', text: JSON.stringify(rehearsal.effects()) },
  ];
  const tokens = (await readFile(tokensFile, 'utf8')).trim().split('\n');
  expect(tokens.length).toBeGreaterThan(2);
  return { traces, findings: findCanaries(traces, canariesOf(planted, tokens)) };
}

async function registerSearchAttributes({ env }: SimulatedRehearsal): Promise<void> {
  const types = { KEYWORD: 2, KEYWORD_LIST: 7 } as const;
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.entries(searchAttributes).map(([name, type]) => [name, types[type]])),
  });
}

/** The spec names the SSH key as a variable of the worker's environment. */
async function nameKeyByReference(spec: string): Promise<void> {
  const document = parseDocument(await readFile(spec, 'utf8'));
  document.setIn(['access', 'key'], { env: 'CANARY_SSH_KEY' });
  await writeFile(spec, document.toString());
}

/** A unit with a Secret, as somebody writes it, and as `kubectl get -o yaml` prints it. */
async function plantUnit(spec: string, { unitPassword, unitCertificate }: Planted): Promise<void> {
  const folder = join(dirname(spec), 'units', 'vault');
  const data = { 'tls.key': Buffer.from(unitCertificate).toString('base64') };
  const written = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'written' }, stringData: { unitPassword } };
  const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }) };
  const printed = { ...written, metadata: { name: 'printed', annotations: lastApplied }, stringData: {}, data };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'secrets.yaml'), `${stringify(written)}---\n${stringify(printed)}`);
  const document = parseDocument(await readFile(spec, 'utf8'));
  document.addIn(['units'], document.createNode({ name: 'vault', wave: 0, namespace: 'vault', manifests: folder }));
  await writeFile(spec, document.toString());
}

async function startWorker(
  rehearsal: SimulatedRehearsal,
  fields: Omit<CanaryWorkerInput, 'target' | 'codePath'>,
  planted: Planted,
): Promise<number> {
  const target = { ...rehearsal.target, simulatedOutside: rehearsal.outsideUrl };
  const input: CanaryWorkerInput = { target, codePath: (await workflowBundle()).codePath, ...fields };
  const file = join(root, 'test/canary/canary-worker.ts');
  const pid = startDetached(process.execPath, ['--import', 'tsx', file, JSON.stringify(input)], {
    cwd: root,
    logFile: join(dirname(rehearsal.target.spec), 'worker.log'),
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: dirname(rehearsal.target.spec),
      AWS_SECRET_ACCESS_KEY: planted.awsSecretKey,
      CANARY_SSH_KEY: planted.sshKey,
    },
  });
  onTestFinished(() => {
    process.kill(pid, 'SIGKILL');
  });
  return pid;
}

/** What the CLI prints of a roll-out that is over. */
async function outputsOf({ target }: SimulatedRehearsal): Promise<readonly Trace[]> {
  const commands = [
    runCommand(target, addStatus, ['status']),
    runCommand(target, addStatus, ['status', '--json']),
    runCommand(target, addApprove, ['approve', '--json']),
    runCommand(target, addPlan, ['plan', '--json']),
    ...nodes.map((node) => runCommand(target, addLogs, ['logs', `node/${node}`, '--all', '--whole'])),
    ...nodes.map((node) => runCommand(target, addLogs, ['logs', `node/${node}`, '--all', '--json'])),
  ];
  const ends = await Promise.all(commands);
  expect(ends.map(({ exitCode }) => exitCode)).not.toContain(1);
  return ends.map(({ stdout, stderr }, index) => ({ place: 'CLI', what: `command ${index}`, text: stdout + stderr }));
}

/** Leaks that are no work of the worker: a memo, the ledger; and what `status` says while the leaking step waits. */
async function whatLeaksSay(rehearsal: SimulatedRehearsal, { awsSecretKey }: Planted): Promise<readonly Trace[]> {
  rehearsal.world.note({ system: 'host', effect: 'leak', key: awsSecretKey });
  await rehearsal.client.start('planCluster', {
    taskQueue,
    workflowId: 'a-memo',
    args: [{}],
    memo: { note: awsSecretKey },
  });
  const seen: Trace[] = [];
  await until(async () => {
    const { stdout } = await runCommand(rehearsal.target, addStatus, ['status', '--json']);
    seen.push({ place: 'status', what: 'in the middle', text: stdout });
    return stdout.includes('refused');
  }, 120_000);
  return seen.slice(-1);
}
