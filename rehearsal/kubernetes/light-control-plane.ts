import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RolloutError } from '../../model/rollout-error.js';
import { freePorts } from '../../systems/free-port.js';
import { runProcess, startDetached } from '../../systems/process.js';
import { endProcess, isRunning, recordProcess, type RecordedProcess } from '../../systems/recorded-process.js';
import type { KubernetesStore } from './kubernetes-store.js';
import { waitUntil, type Look } from '../../systems/wait-until.js';

export interface LightControlPlaneInput {
  readonly store: Pick<KubernetesStore, 'bin' | 'kubectl'>;
  /** An empty folder of its own: data, certificates, logs, kubeconfig. */
  readonly dir: string;
  /** Writes the API server's audit log (by the policy of real hosts, one JSON object a line) to `dir/audit.log`. Default false. */
  readonly auditLog?: boolean;
  /** Longest wait for a ready API. Default 60000. */
  readonly timeoutMs?: number;
  /** Gives so many ports of 127.0.0.1 to try. Default any free ones. */
  readonly ports?: (count: number) => Promise<readonly number[]>;
}

/** A running control plane. */
export interface LightControlPlane {
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  readonly server: string;
  readonly auditLog: string;
  /** Ends all four programs and waits until they are gone. The folder stays. */
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';
const auditPolicy = fileURLToPath(
  new URL('../../ansible/roles/control_plane_init/files/audit-policy.yaml', import.meta.url),
);

const startAttempts = 3;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler as plain processes on free ports of loopback;
 * no root, no containers, no nodes. Returns when `/readyz` says ok. Where somebody else took a port meanwhile, others are
 * tried twice more. Fails with `KubernetesUnavailable`, the end of the API server's log as details; nothing is left
 * running then.
 */
export async function startLightControlPlane(input: LightControlPlaneInput): Promise<LightControlPlane> {
  const { ports = freePorts } = input;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await ports(5), input);
    } catch (cause) {
      if (attempt === startAttempts || !(await portWasTaken(input.dir))) throw cause;
      await rm(input.dir, { recursive: true });
    }
  }
}

async function startOn(ports: readonly number[], input: LightControlPlaneInput): Promise<LightControlPlane> {
  const { dir } = input;
  const [etcd = 0, etcdPeer = 0, api = 0, controllers = 0, scheduler = 0] = ports;
  await mkdir(dir, { recursive: true });
  await writeCredentials(dir, api);
  const started: RecordedProcess[] = [];
  const start = async (name: string, args: readonly string[]): Promise<void> => {
    const pid = startDetached(join(input.store.bin, name), args, { cwd: dir, logFile: join(dir, `${name}.log`) });
    const recorded = await recordProcess(pid);
    if (recorded !== undefined) started.push(recorded);
  };
  const plane: LightControlPlane = {
    kubeconfig: join(dir, 'kubeconfig'),
    server: `https://${loopback}:${String(api)}`,
    auditLog: join(dir, 'audit.log'),
    stop: () => stopAll(started),
  };
  try {
    await start('etcd', etcdArguments(etcd, etcdPeer));
    await start('kube-apiserver', [
      ...apiServerArguments(api, etcd),
      ...(input.auditLog === true ? auditArguments : []),
    ]);
    await untilReady(input, plane, started);
    await start('kube-controller-manager', controllerManagerArguments(controllers));
    await start('kube-scheduler', schedulerArguments(scheduler));
    return plane;
  } catch (cause) {
    await plane.stop();
    throw cause;
  }
}

function etcdArguments(port: number, peerPort: number): readonly string[] {
  const client = `http://${loopback}:${String(port)}`;
  const peer = `http://${loopback}:${String(peerPort)}`;
  return [
    ...['--data-dir=etcd', `--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
    ...['--unsafe-no-fsync', '--log-level=warn'],
  ];
}

/** Without endpoint reconciler: the service `kubernetes` would otherwise name an address that no pod can reach. */
function apiServerArguments(port: number, etcdPort: number): readonly string[] {
  return [
    ...[
      `--etcd-servers=http://${loopback}:${String(etcdPort)}`,
      `--bind-address=${loopback}`,
      `--secure-port=${String(port)}`,
    ],
    ...['--cert-dir=certificates', '--token-auth-file=tokens.csv', '--authorization-mode=Node,RBAC'],
    ...['--service-account-key-file=service-account.pub', '--service-account-signing-key-file=service-account.key'],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-cluster-ip-range=198.19.128.0/20'],
    ...['--endpoint-reconciler-type=none'],
  ];
}

const auditArguments = [
  '--audit-policy-file=audit-policy.yaml',
  '--audit-log-path=audit.log',
  '--audit-log-format=json',
];

function controllerManagerArguments(port: number): readonly string[] {
  return [
    ...[
      '--kubeconfig=controller-manager.kubeconfig',
      '--service-account-private-key-file=service-account.key',
      '--leader-elect=false',
    ],
    ...['--allocate-node-cidrs', '--cluster-cidr=198.19.0.0/17'],
    ...[`--bind-address=${loopback}`, `--secure-port=${String(port)}`, '--cert-dir=certificates'],
  ];
}

function schedulerArguments(port: number): readonly string[] {
  return [
    ...['--kubeconfig=scheduler.kubeconfig', '--leader-elect=false'],
    ...[`--bind-address=${loopback}`, `--secure-port=${String(port)}`, '--cert-dir=certificates'],
  ];
}

/** User → kubeconfig. The programs have names of their own, so that the audit policy can tell them from the administrator. */
const kubeconfigs = {
  admin: 'kubeconfig',
  'system:kube-controller-manager': 'controller-manager.kubeconfig',
  'system:kube-scheduler': 'scheduler.kubeconfig',
} as const;

/** Keys and tokens, readable by us only. The API server makes its own certificate. */
async function writeCredentials(dir: string, apiPort: number): Promise<void> {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const secret = { mode: 0o600 };
  const tokens: string[] = [];
  for (const [user, file] of Object.entries(kubeconfigs)) {
    const token = randomBytes(16).toString('hex');
    tokens.push(`${token},${user},${user},system:masters\n`);
    await writeFile(join(dir, file), kubeconfig(dir, apiPort, token), secret);
  }
  await writeFile(join(dir, 'tokens.csv'), tokens.join(''), secret);
  await writeFile(join(dir, 'service-account.key'), keys.privateKey, secret);
  await writeFile(join(dir, 'service-account.pub'), keys.publicKey);
  await copyFile(auditPolicy, join(dir, 'audit-policy.yaml'));
}

function kubeconfig(dir: string, apiPort: number, token: string): string {
  const cluster = {
    server: `https://${loopback}:${String(apiPort)}`,
    'certificate-authority': join(dir, 'certificates', 'apiserver.crt'),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'light', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'light', context: { cluster: 'light', user: 'admin' } }],
    'current-context': 'light',
  });
}

async function untilReady(
  input: LightControlPlaneInput,
  plane: LightControlPlane,
  programs: readonly RecordedProcess[],
): Promise<void> {
  const timeoutMs = input.timeoutMs ?? 60_000;
  let said = '';
  const look = async (): Promise<Look<'ready' | 'ended'>> => {
    const probe = await runProcess(input.store.kubectl, ['--kubeconfig', plane.kubeconfig, 'get', '--raw', '/readyz']);
    if (probe.exitCode === 0 && probe.stdout === 'ok') return { done: 'ready' };
    said = probe.stderr.trim().split('\n').at(-1) ?? '';
    const running = await Promise.all(programs.map(isRunning));
    return running.includes(false) ? { done: 'ended' } : { waitsFor: said };
  };
  const outcome = await waitUntil(look, { everyMs: 200, deadlineMs: timeoutMs });
  if ('done' in outcome && outcome.done === 'ready') return;
  const log = await readFile(join(input.dir, 'kube-apiserver.log'), 'utf8').catch(() => '');
  throw new RolloutError(
    'KubernetesUnavailable',
    `${plane.server}: expected an API server that is ready within ${String(timeoutMs / 1000)} s, found: ${said}`,
    { details: log.slice(-4000) },
  );
}

/** The controllers look for themselves whether the API is there; what they need of their ports is noticed by nobody. */
async function portWasTaken(dir: string): Promise<boolean> {
  const logs = ['etcd.log', 'kube-apiserver.log'].map((name) => readFile(join(dir, name), 'utf8').catch(() => ''));
  return (await Promise.all(logs)).some((log) => log.includes('address already in use'));
}

/** In the reverse order of their start; 5 s after TERM follows KILL. */
async function stopAll(started: RecordedProcess[]): Promise<void> {
  for (const recorded of started.splice(0).reverse()) await endProcess(recorded, 5000);
}
