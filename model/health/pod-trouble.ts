import { listAt, numberAt, textAt, valueAt } from '../json/json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { conditionOf } from './condition.js';

/** Why a pod does not get ready. */
export interface PodTrouble {
  readonly reason: string;
  /** Nothing but another spec, or another object that it names, helps. */
  readonly terminal: boolean;
}

interface ContainerState {
  readonly name: string;
  readonly waiting: string;
  readonly message: string;
  readonly status: unknown;
}

const wrongSpec = ['InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'];

/** The causes of an unready pod, the cause nearest to the root first; `undefined` when there is no known cause. */
export function podTrouble(pod: KubernetesObject): PodTrouble | undefined {
  if (conditionOf(pod, 'Ready')?.status === 'True') return undefined;
  return notScheduled(pod) ?? containerTrouble(pod) ?? evicted(pod) ?? notReady(pod);
}

/** `0/14 nodes are available: 1 Insufficient memory. preemption: …` → `0/14 nodes: 1 Insufficient memory`. */
export function schedulerSentence(message: string): string {
  const withoutPreemption = message.replace(/(\.\s[^.]*|\s*)preemption:.*$/s, '').replace(/\.\s*$/, '');
  return withoutPreemption.replace(/nodes are available:/, 'nodes:').trim();
}

function notScheduled(pod: KubernetesObject): PodTrouble | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return { reason: schedulerSentence(scheduled.message) || scheduled.reason, terminal: false };
}

function containerTrouble(pod: KubernetesObject): PodTrouble | undefined {
  const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  for (const status of statuses) {
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting === undefined) continue;
    const message = (textAt(status, 'state', 'waiting', 'message') ?? '').replace(/\s+/g, ' ').trim();
    const trouble = waitingTrouble({ name: textAt(status, 'name') ?? 'container', waiting, message, status });
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function waitingTrouble(container: ContainerState): PodTrouble | undefined {
  const { name, waiting, message } = container;
  const said = `container ${name} ${waiting}${message === '' ? '' : `: ${message}`}`;
  if (waiting === 'ErrImagePull' || waiting === 'ImagePullBackOff') {
    return { reason: said, terminal: /not ?found|manifest unknown|name unknown/i.test(message) };
  }
  // the kubelet has not seen the Secret or ConfigMap yet: that is no fault of the spec
  if (wrongSpec.includes(waiting)) return { reason: said, terminal: !/failed to sync .* cache/.test(message) };
  if (waiting === 'CrashLoopBackOff') return { reason: crashSentence(container), terminal: false };
  if (waiting === 'ContainerCreating' || waiting === 'PodInitializing') return undefined;
  return { reason: said, terminal: false };
}

function crashSentence(container: ContainerState): string {
  const restarts = numberAt(container.status, 'restartCount') ?? 0;
  const ended = valueAt(container.status, 'lastState', 'terminated');
  const why = textAt(ended, 'reason') === 'OOMKilled' ? ', over its memory limit (OOMKilled)' : '';
  return `container ${container.name} CrashLoopBackOff: ended with ${numberAt(ended, 'exitCode') ?? 'unknown'}${why}, ${restarts} restarts`;
}

function evicted(pod: KubernetesObject): PodTrouble | undefined {
  if (textAt(pod, 'status', 'phase') !== 'Failed') return undefined;
  const reason = [textAt(pod, 'status', 'reason'), textAt(pod, 'status', 'message')].filter(
    (part) => part !== undefined,
  );
  return { reason: reason.join(': ') || 'failed', terminal: false };
}

function notReady(pod: KubernetesObject): PodTrouble | undefined {
  if (textAt(pod, 'status', 'phase') !== 'Running') return undefined;
  const unready = listAt(pod, 'status', 'containerStatuses').filter((status) => valueAt(status, 'ready') === false);
  const names = unready.map((status) => textAt(status, 'name') ?? 'container').join(', ');
  return { reason: names === '' ? 'is not ready' : `container ${names} runs and is not ready`, terminal: false };
}
