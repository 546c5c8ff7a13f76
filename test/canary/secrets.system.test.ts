import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseDocument } from 'yaml';
import { addApprove } from '../../client/cli/approve.js';
import { addLogs } from '../../client/cli/logs.js';
import { addPlan } from '../../client/cli/plan.js';
import { addStatus } from '../../client/cli/status.js';
import type { PlaybookRun } from '../../systems/ansible/ansible.js';
import { startDetached } from '../../systems/process.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import { openSshKeyPair } from '../../systems/ssh/openssh-private-key.js';
import { root } from '../../worker/config.js';
import { searchAttributes, taskQueue } from '../../workflows/contract.js';
import { runCommand } from '../client/run-command.js';
import { ansibleMissing, ansiblePlaybook, contentFolder } from '../systems/ansible/ansible-content.js';
import { sshdMissing, startSshd, type LoopbackSshd } from '../systems/ssh/loopback-sshd.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import type { CanaryWorkerInput } from './canary-worker.js';
import { tracesOfFolder, tracesOfServer, watchHeartbeats } from './collect-traces.js';
import { findCanaries, type Canary, type Finding, type Trace } from './find-canaries.js';
import { sampleProcesses } from './sample-processes.js';

const nodes = ['k8s-master', 'k8s-api-auth', 'k8s-redis'];
const missing = (await sshdMissing()) ?? ansibleMissing();

/** Secrets that are the same in every roll-out here; join tokens come with each. */
function plantedSecrets(sshKey: string) {
  const secret = (bytes: number): string => randomBytes(bytes).toString('base64');
  return {
    workerSecret: randomBytes(32).toString('hex'),
    sshKey,
    awsSecretKey: secret(30),
    /** As kubeadm prints one that nobody named. */
    initToken: `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}`,
    /** The private half of an admin kubeconfig. */
    clientKey: secret(120),
  };
}
type Planted = ReturnType<typeof plantedSecrets>;

function canariesOf(planted: Planted, tokens: readonly string[]): readonly Canary[] {
  const identity = createHostIdentity(planted.workerSecret);
  const hostKeys = nodes.flatMap((node) => {
    const host = { cluster: 'three', node, generation: 1 };
    return [
      { name: `first host key of ${node}`, value: identity.firstKey(host).privateKey },
      { name: `second host key of ${node}`, value: identity.secondKey(host).privateKey },
    ];
  });
  const named = Object.entries(planted).map(([name, value]) => ({ name, value }));
  return [...named, ...hostKeys, ...tokens.map((value) => ({ name: 'join token', value }))];
}

interface RollOutInput {
  readonly planted: Planted;
  readonly ansible?: CanaryWorkerInput['ansible'];
  readonly leaks?: boolean;
}

/** A whole roll-out, one step of which fails at first, and every canary that is found in what it left. */
async function rollOutAndLook({ planted, ansible, leaks = false }: RollOutInput) {
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

function places(findings: readonly Finding[], canary: string): readonly string[] {
  return [...new Set(findings.filter((found) => found.canary === canary).map(({ place }) => place))].toSorted();
}

const everyPlace = [
  'CLI',
  'artifact',
  'command line',
  'environment',
  'heartbeat',
  'history',
  'ledger',
  'list',
  'record',
];

describe('secrets', () => {
  it('are in no history, record, artifact, log, command line, environment or output of a roll-out', async () => {
    const planted = plantedSecrets(openSshKeyPair(randomBytes(32), 'canary').privateKey);

    const { traces, findings } = await rollOutAndLook({ planted });

    expect(findings).toEqual([]);
    expect(new Set(traces.map(({ place }) => place))).toEqual(new Set([...everyPlace, 'worker log']));
    const logs = traces.filter(({ place, text }) => place === 'artifact' && text.includes('node_join_token: ***'));
    expect(logs.length).toBeGreaterThan(2);
  });

  it('that a careless system lets out are found in each of these places', async () => {
    const planted = plantedSecrets(openSshKeyPair(randomBytes(32), 'canary').privateKey);

    const { findings } = await rollOutAndLook({ planted, leaks: true });

    expect(places(findings, 'join token')).toEqual([
      'CLI',
      'artifact',
      'command line',
      'environment',
      'heartbeat',
      'history',
      'run folder',
      'status',
      'worker log',
    ]);
    expect(places(findings, 'awsSecretKey')).toEqual(expect.arrayContaining(['history', 'ledger', 'list', 'record']));
    const leaked = ['join token', 'awsSecretKey'];
    expect(findings.filter(({ canary }) => !leaked.includes(canary))).toEqual([]);
  });

  describe.skipIf(missing !== undefined)(
    `with a real ansible-playbook and sshd (${missing ?? 'both are here'})`,
    () => {
      let sshd: LoopbackSshd;
      let content: string;
      let hostFolder: string;
      let planted: Planted;

      beforeAll(async () => {
        sshd = await startSshd();
        hostFolder = await mkdtemp(join(tmpdir(), 'groundswell-canary-host-'));
        planted = plantedSecrets(await readFile(join(sshd.folder, 'client_key'), 'utf8'));
        content = await contentFolder(carelessPlaybooks(hostFolder, planted));
      });
      afterAll(async () => {
        await sshd.close();
        await rm(content, { recursive: true });
        await rm(hostFolder, { recursive: true });
      });

      it('that playbooks and kubeadm print when they fail are masked everywhere', async () => {
        const ansible = { program: ansiblePlaybook ?? '', content, host: sshd.target };

        const { traces, findings } = await rollOutAndLook({ planted, ansible });

        expect(findings).toEqual([]);
        const seen = (place: string, text: RegExp): boolean =>
          traces.some((trace) => trace.place === place && text.test(trace.text));
        expect(seen('command line', /ansible-playbook --inventory .*join\.yml/)).toBe(true);
        expect(seen('command line', /^ssh .*groundswell-ssh-/)).toBe(true);
        expect(seen('artifact', /kubeadm said: Using token: \*\*\*/)).toBe(true);
        expect(seen('artifact', /client-key-data: \*\*\*/)).toBe(true);
        expect(seen('artifact', /the token is \*\*\*/)).toBe(true);
        expect(seen('history', /QW5zaWJsZVRhc2tGYWlsZWQ|AnsibleTaskFailed/)).toBe(true);
      });
    },
  );
});

/** Playbooks that say more than they should: the token that they were given, and what nobody told them is secret. */
function carelessPlaybooks(
  hostFolder: string,
  { initToken, clientKey }: Planted,
): Record<PlaybookRun['playbook'], string> {
  const once = (name: string, shown: string): string =>
    [
      `- name: ${name}`,
      '  ansible.builtin.shell:',
      `    cmd: cat ${shown} >&2; mkdir ${hostFolder}/{{ inventory_hostname }}-${name} || exit 0; exit 3`,
      '  changed_when: true',
      '',
    ].join('\n');
  const file = (path: string, content: string): string =>
    [
      `- name: Write ${path}`,
      '  ansible.builtin.copy:',
      `    dest: ${hostFolder}/${path}`,
      '    mode: "0600"',
      `    content: "${content}"`,
      '  no_log: true',
      '',
    ].join('\n');
  const say = (text: string): string => `- name: Say\n  ansible.builtin.debug: {msg: "${text}"}\n`;
  return {
    prepare: say('nothing secret'),
    cni: say(`client-key-data: ${clientKey}`),
    init: [
      file('init-output', `kubeadm said: Using token: ${initToken}`),
      say(`kubeadm said: Using token: ${initToken}`),
      once('init', `${hostFolder}/init-output`),
    ].join(''),
    join: [
      file('join-{{ inventory_hostname }}', 'the token is {{ node_join_token }}'),
      say('the token is {{ node_join_token }}'),
      once('join', `${hostFolder}/join-{{ inventory_hostname }}`),
    ].join(''),
  };
}
