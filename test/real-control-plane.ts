import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { listAt, textAt } from '../model/json/json-value.js';
import type { KubernetesObject } from '../model/kubernetes/kubernetes-object.js';
import { findKubernetesStore } from '../rehearsal/kubernetes/kubernetes-store.js';
import { startLightControlPlane } from '../rehearsal/kubernetes/light-control-plane.js';
import { type ApiTransport, createApiTransport } from '../systems/kubernetes/api-transport.js';
import { createHttpKubernetes } from '../systems/kubernetes/http-kubernetes.js';
import type { ApiConnection } from '../systems/kubernetes/kubeconfig.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';
import { mustRun } from '../systems/process.js';

const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'groundswell');
const store = await findKubernetesStore(cacheDir);

/** Whether a real API server can be started here; `skipReason` goes into the title of what is skipped. */
export const hasControlPlane = store !== undefined;
export const skipReason = hasControlPlane ? '' : ` (skipped: no Kubernetes store in ${cacheDir}; npm start makes it)`;

/** A real control plane without kubelets, and what tests do in the place of kubelets. */
export interface RealControlPlane {
  readonly kubernetes: Kubernetes;
  readonly connection: ApiConnection;
  /** Where the API server writes `audit.log`. */
  readonly auditLogFolder: string;
  kubectl(...args: readonly string[]): Promise<string>;
  /** Makes a Node as a kubelet registers it, or writes its status again. */
  setNode(name: string, node: NodeState): Promise<void>;
  /** Writes the status of a pod, as its kubelet does. */
  setPod(pod: KubernetesObject, status: Readonly<Record<string, unknown>>): Promise<void>;
  /** Runs every pod that is bound to a node until `stop`; images with `missing` in their names cannot be pulled, those with `ends` come to an end. */
  runPods(): { stop(): Promise<void> };
  stop(): Promise<void>;
}

export interface NodeState {
  readonly ready: boolean;
  readonly memory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
}

/** Starts it in a folder of its own; about 5 seconds. */
export async function startRealControlPlane(): Promise<RealControlPlane> {
  if (store === undefined) throw new Error(skipReason);
  const dir = await mkdtemp(join(tmpdir(), 'real-control-plane-'));
  const plane = await startLightControlPlane({ store, dir, auditLog: true });
  const connection = await connectionOf(dir, plane.server);
  const transport = createApiTransport(connection);
  const kubernetes = createHttpKubernetes({
    current: () => transport,
    renew: () => Promise.resolve(false),
    lost: () => undefined,
  });
  const setPod: RealControlPlane['setPod'] = ({ metadata }, status) =>
    mergeStatus(transport, `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`, status);
  return {
    kubernetes,
    connection,
    auditLogFolder: dir,
    kubectl: (...args) => mustRun(store.kubectl, ['--kubeconfig', plane.kubeconfig, ...args]),
    setNode: (name, node) => setNode({ kubernetes, transport }, name, node),
    setPod,
    runPods: () => runPods(kubernetes, setPod),
    async stop() {
      await plane.stop();
      await rm(dir, { recursive: true });
    },
  };
}

/** With the certificate that the API server made for itself, reached under another name of it than its address. */
async function connectionOf(dir: string, server: string): Promise<ApiConnection> {
  const authority = await readFile(join(dir, 'certificates', 'apiserver.crt'), 'utf8');
  const kubeconfig: unknown = JSON.parse(await readFile(join(dir, 'kubeconfig'), 'utf8'));
  const token = textAt(listAt(kubeconfig, 'users')[0], 'user', 'token') ?? '';
  const { hostname, port } = new URL(server);
  return { host: hostname, port: Number(port), serverName: 'kubernetes.default', authority, token, insecure: false };
}

async function setNode(
  api: { kubernetes: Kubernetes; transport: ApiTransport },
  name: string,
  node: NodeState,
): Promise<void> {
  const { kubernetes, transport } = api;
  if ((await kubernetes.get({ apiVersion: 'v1', kind: 'Node', name })) === undefined) {
    const labels = { 'kubernetes.io/hostname': name, ...node.labels };
    const object = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { taints: node.taints ?? [] } };
    await kubernetes.apply(object, { fieldManager: 'kubelet' });
  }
  const size = { cpu: '2', memory: node.memory ?? '1Gi', pods: '110' };
  const reason = node.ready ? 'KubeletReady' : 'KubeletNotReady';
  const now = new Date().toISOString();
  const condition = {
    type: 'Ready',
    status: node.ready ? 'True' : 'False',
    reason,
    message: 'cni plugin not initialized',
  };
  await mergeStatus(transport, `/api/v1/nodes/${name}`, {
    capacity: size,
    allocatable: size,
    conditions: [{ ...condition, lastHeartbeatTime: now, lastTransitionTime: now }],
  });
}

async function mergeStatus(transport: ApiTransport, path: string, status: unknown): Promise<void> {
  const contentType = 'application/merge-patch+json';
  const request = { method: 'PATCH', path: `${path}/status`, contentType, body: JSON.stringify({ status }) } as const;
  const answer = await transport(request);
  if (answer.status >= 300 && answer.status !== 404) throw new Error(answer.body);
}

function runPods(kubernetes: Kubernetes, setPod: RealControlPlane['setPod']): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      for (const pod of await kubernetes.list({ apiVersion: 'v1', kind: 'Pod' })) {
        const bound = textAt(pod, 'spec', 'nodeName') !== undefined;
        if (bound && textAt(pod, 'status', 'phase') === 'Pending') await setPod(pod, ranStatus(pod));
      }
      await pause(100);
    }
  };
  const done = loop();
  return {
    async stop() {
      stopped.abort();
      await done;
    },
  };
}

/** What a kubelet says of a pod some moments after it was bound. */
export function ranStatus(pod: KubernetesObject): Readonly<Record<string, unknown>> {
  const [container] = listAt(pod, 'spec', 'containers');
  const image = textAt(container, 'image') ?? '';
  const base = { name: textAt(container, 'name'), image, imageID: '', restartCount: 0 };
  if (image.includes('missing')) {
    const message = `failed to pull and unpack image "${image}": not found`;
    const state = { waiting: { reason: 'ErrImagePull', message } };
    return { containerStatuses: [{ ...base, ready: false, state }] };
  }
  const now = new Date().toISOString();
  if (image.includes('ends')) {
    const terminated = { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now };
    return {
      phase: 'Succeeded',
      startTime: now,
      containerStatuses: [{ ...base, ready: false, state: { terminated } }],
    };
  }
  return {
    phase: 'Running',
    podIP: '198.19.0.1',
    startTime: now,
    conditions: ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: now,
    })),
    containerStatuses: [{ ...base, ready: true, state: { running: { startedAt: now } } }],
  };
}
