import type { Check } from './check.js';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { ansibleTaskQueue, taskQueue } from '../../workflows/contract/task-queues.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';
import { root } from '../../installation/config.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { runProcess } from '../../systems/process.js';
import { stateFolder, type Target } from '../../installation/target.js';
import { temporalCliWheels } from '../../installation/temporal-server/pinned-wheels.js';
import { checkRuns } from './check-runs.js';
import { recentWorkers, type SeenWorker } from '../runs/ask-temporal.js';
import { explainError } from '../explain-error.js';
import { kubectlSkew } from './kubectl-skew.js';
import { readSpec } from '../read-spec.js';

const toolTimeoutMs = 20_000;
const oldestNodeMajor = 24;

/** Checks the Node that runs this program. */
export function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  const found = { name: 'node', found: process.versions.node, from: process.execPath };
  if (major >= oldestNodeMajor) return { ...found, state: 'ok' };
  return {
    ...found,
    state: 'missing',
    advice: `use Node ${String(oldestNodeMajor)} or newer; \`npm ci\` installs the pinned one`,
  };
}

/** Checks the tools of this machine: the system's ssh, and the tools of a worker. */
export async function checkTools(target: Target): Promise<readonly Check[]> {
  const environment = readEnvironment();
  const state = stateFolder(root);
  const playbook = target.ansiblePlaybook ?? join(state, 'venv', 'bin', 'ansible-playbook');
  return Promise.all([
    checkTool({
      name: 'temporal',
      places: [
        ...(environment.GROUNDSWELL_TEMPORAL_CLI === undefined ? [] : [environment.GROUNDSWELL_TEMPORAL_CLI]),
        join(state, 'bin', 'temporal'),
        'temporal',
        join(cacheFolder(environment), 'temporal', temporalCliWheels.version, temporalCliWheels.programName),
      ],
      args: ['--version'],
      otherwise: {
        state: 'optional',
        advice: 'not needed; `npx groundswell worker` fetches it when no server is configured',
      },
    }),
    checkTool({
      name: 'ansible-playbook',
      places: [playbook],
      args: ['--version'],
      otherwise: { state: 'optional', advice: 'not needed; a worker installs it when it starts here' },
    }),
    checkTool({
      name: 'ssh',
      places: ['ssh'],
      args: ['-V'],
      otherwise: { state: 'optional', advice: 'for `groundswell ssh`: apt-get install openssh-client' },
    }),
    checkTool({
      name: 'kubectl',
      places: [join(state, 'bin', 'kubectl'), 'kubectl'],
      args: ['version', '--client'],
      otherwise: { state: 'optional', advice: 'optional, to look around: https://kubernetes.io/docs/tasks/tools/' },
    }).then(async (check) => kubectlSkew(check, await kubernetesVersion(target))),
  ]);
}

async function kubernetesVersion({ spec }: Target): Promise<string | undefined> {
  const read = await readSpec(spec).catch(() => undefined);
  return read?.ok === true ? read.spec.kubernetes.version : undefined;
}

interface Tool {
  readonly name: string;
  readonly places: readonly string[];
  readonly args: readonly string[];
  readonly otherwise: { readonly state: 'missing' | 'optional'; readonly advice: string };
}

async function checkTool({ name, places, args, otherwise }: Tool): Promise<Check> {
  for (const place of places) {
    const path = place.includes('/') ? place : await whereIs(place);
    if (path === undefined || !(await exists(path))) continue;
    const result = await runProcess(path, args, { timeoutMs: toolTimeoutMs });
    const version = /\d+\.\d+[\w.+]*/.exec(`${result.stdout}\n${result.stderr}`)?.[0];
    if (version !== undefined) return { name, state: 'ok', found: version, from: path };
  }
  return { name, found: 'none', ...otherwise };
}

async function whereIs(program: string): Promise<string | undefined> {
  const result = await runProcess('sh', ['-c', 'command -v -- "$1"', 'sh', program]);
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Checks the spec of the target, and the SSH key that the spec names. */
export async function checkSpec(target: Target): Promise<readonly Check[]> {
  const name = 'spec';
  try {
    const read = await readSpec(target.spec);
    if (!read.ok) {
      const found = `${String(read.problems.length)} problems`;
      return [{ name, state: 'missing', found, from: target.spec, advice: `npx groundswell validate ${target.spec}` }];
    }
    const { cluster, nodes, units, access: login } = read.spec;
    const found = `valid: ${cluster}, ${String(nodes.length)} nodes, ${String(units.length)} units`;
    return [{ name, state: 'ok', found, from: target.spec }, await checkKey(login.key)];
  } catch (error) {
    const { message } = explainError(error);
    return [
      {
        name,
        state: 'missing',
        found: message,
        advice: 'set GROUNDSWELL_SPEC to a spec, or start a rehearsal: npm start',
      },
    ];
  }
}

async function checkKey(key: { readonly file: string } | { readonly env: string }): Promise<Check> {
  const name = 'SSH key';
  if ('env' in key) return { name, state: 'ok', found: 'read by the worker', from: `environment variable ${key.env}` };
  const path = key.file.replace(/^~(?=\/)/, homedir());
  if (await exists(path)) return { name, state: 'ok', found: 'readable', from: path };
  return { name, state: 'missing', found: 'none', from: path, advice: `ssh-keygen -t ed25519 -f ${path}` };
}

/** Checks the EC2 API of the target. */
export async function checkEc2(target: Target): Promise<Check> {
  const name = 'EC2 API';
  // the SDK uses the endpoint of these variables
  const { AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL } = readEnvironment();
  const from = target.ec2?.endpoint ?? AWS_ENDPOINT_URL_EC2 ?? AWS_ENDPOINT_URL ?? 'AWS';
  if (target.kind === 'simulated') return { name, state: 'ok', found: 'simulated' };
  try {
    const { accountOf } = await import('../../worker/local-access.js');
    return { name, state: 'ok', found: `account ${await accountOf(target, 10_000)}`, from };
  } catch (error) {
    const { message, advice } = explainError(error);
    return { name, state: 'missing', found: message, from, ...(advice === undefined ? {} : { advice }) };
  }
}

/** Checks server, workers and search attributes; `problem` says why there is no connection. */
export async function checkTemporal(
  connection: Client | { readonly problem: unknown },
  target: Target,
): Promise<readonly Check[]> {
  const from = target.temporal.address === '' ? 'nothing configured' : target.temporal.address;
  if ('problem' in connection) {
    const problem = explainError(connection.problem).message;
    const found = target.temporal.address === '' ? 'this clone runs no server' : problem;
    return [{ name: 'Temporal', state: 'missing', found, from, advice: howToStart(target) }];
  }
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  return [
    { name: 'Temporal', state: 'ok', found: serverVersion, from },
    await checkWorkers(connection, taskQueue, 'workflow'),
    await checkWorkers(connection, ansibleTaskQueue, 'activity'),
    await checkSearchAttributes(connection),
    ...(await checkRuns(connection)),
  ];
}

function howToStart({ kind, temporal }: Target): string {
  if (kind !== 'live')
    return 'npm run rehearsal:up starts the missing parts again; npm run rehearsal:down ends the rehearsal';
  if (temporal.address === '') return 'npx groundswell worker starts one, with a worker';
  return 'start that server, or set TEMPORAL_ADDRESS to another one';
}

async function checkWorkers(client: Client, queue: string, kind: 'workflow' | 'activity'): Promise<Check> {
  return showWorkers(queue, await recentWorkers(client, queue, kind));
}

/**
 * Shows when each worker of a task queue polled last. A live worker polls at least once a minute; a worker killed since
 * then looks the same.
 */
export function showWorkers(queue: string, seen: readonly SeenWorker[]): Check {
  const from = `task queue ${queue}`;
  if (seen.length === 0) {
    const found = 'no worker polled in the last minute';
    return { name: 'worker', state: 'missing', found, from, advice: 'npx groundswell worker' };
  }
  const each = seen.map(({ identity, secondsAgo }) => `${identity} polled ${String(secondsAgo)} s ago`);
  return { name: 'worker', state: 'ok', found: each.join(', '), from };
}

async function checkSearchAttributes(client: Client): Promise<Check> {
  const name = 'search attributes';
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    const missing = Object.entries(searchAttributes).filter(([known]) => customAttributes[known] === undefined);
    if (missing.length === 0) return { name, state: 'ok', found: 'registered' };
    const flags = missing
      .map(([known, type]) => `--name ${known} --type ${type === 'KEYWORD' ? 'Keyword' : 'KeywordList'}`)
      .join(' ');
    const found = `${missing.map(([known]) => known).join(', ')} not registered; groundswell works without`;
    return { name, state: 'optional', found, advice: `temporal operator search-attribute create ${flags}` };
  } catch (error) {
    return { name, state: 'optional', found: `cannot list them: ${explainError(error).message}` };
  }
}
