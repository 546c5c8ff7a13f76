import { valueAt } from '../json/json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { podKindOf, type PodKind } from '../kubernetes/pod-kinds.js';
import {
  claimVerdict,
  definitionVerdict,
  namespaceVerdict,
  otherVerdict,
  podVerdict,
  serviceVerdict,
} from './other-verdict.js';
import { podTrouble } from './pod-trouble.js';
import { failed, ready, stuck, type Verdict, waiting } from './verdict.js';
import {
  daemonSetVerdict,
  deploymentVerdict,
  jobVerdict,
  replicaSetVerdict,
  statefulSetVerdict,
} from './workload-verdict.js';

export type { Verdict } from './verdict.js';

/** The result of an apply: the gate judges this object and this generation, no other. */
export interface AppliedIdentity {
  readonly uid: string;
  readonly generation: number;
  /** Of a Job that Kubernetes deletes after its end: how long after it, in seconds, and whether it was ever seen complete. */
  readonly secondsAfterEnd?: number;
  readonly seenComplete?: boolean;
}

export interface GateInput {
  /** The object as it is now; `undefined` when it is gone. */
  readonly live: KubernetesObject | undefined;
  readonly applied: AppliedIdentity;
  /** For a claim: its StorageClass. */
  readonly storageClass?: KubernetesObject;
}

/** Judges one applied object by its own status. See `withPods` for what its pods add. */
export function verdictOf(input: GateInput): Verdict {
  const { live, applied } = input;
  if (live === undefined) return goneVerdict(applied);
  if (live.metadata.uid !== applied.uid) return failed('was replaced by somebody else after its apply');
  if ((live.metadata.generation ?? 0) < applied.generation)
    return waiting('the API server returned an older state of it');
  if (live.kind !== 'Namespace' && valueAt(live, 'metadata', 'deletionTimestamp') !== undefined) {
    return stuck(deletionReason(live));
  }
  return (judgeOf.get(live.kind) ?? otherVerdict)(live, input.storageClass);
}

/** Kubernetes deletes such a Job after its end. That is no failure if a gate saw the Job complete before. */
function goneVerdict({ secondsAfterEnd, seenComplete }: AppliedIdentity): Verdict {
  if (seenComplete === true) return ready;
  if (secondsAfterEnd === undefined) return failed('was deleted after its apply');
  return failed(`is gone: its ttl is ${secondsAfterEnd} s, so nobody can tell whether it succeeded`);
}

/**
 * The verdict with the root cause from the pods of the newest template, and whether that cause is terminal.
 * A pod that cannot ever run does not fail the workload at once: the caller looks twice.
 */
export function withPods(
  verdict: Verdict,
  pods: readonly KubernetesObject[],
): { readonly verdict: Verdict; readonly terminal: boolean } {
  if (verdict.verdict === 'ready' || verdict.verdict === 'failed') return { verdict, terminal: false };
  const troubles = pods.flatMap((pod) => {
    const trouble = podTrouble(pod);
    return trouble === undefined ? [] : [{ pod: pod.metadata.name, ...trouble }];
  });
  const worst = troubles.find((trouble) => trouble.terminal) ?? troubles[0];
  if (worst === undefined) return { verdict, terminal: false };
  return { verdict: stuck(`pod ${worst.pod} ${worst.reason}`, verdict.progress), terminal: worst.terminal };
}

/** Whether the pods of a kind explain why it is not ready. */
export function hasPods(kind: string): boolean {
  return podKindOf(kind)?.counts !== undefined;
}

type Judge = (live: KubernetesObject, storageClass?: KubernetesObject) => Verdict;

/** When an object is ready, by its kind; the others by what most controllers write. */
const judges = {
  Deployment: deploymentVerdict,
  StatefulSet: statefulSetVerdict,
  DaemonSet: daemonSetVerdict,
  ReplicaSet: replicaSetVerdict,
  Job: jobVerdict,
  CronJob: otherVerdict,
  Pod: podVerdict,
  PersistentVolumeClaim: claimVerdict,
  CustomResourceDefinition: definitionVerdict,
  Namespace: namespaceVerdict,
  Service: serviceVerdict,
} as const satisfies Readonly<Record<string, Judge>> & Readonly<Record<PodKind, Judge>>;

const judgeOf: ReadonlyMap<string, Judge> = new Map<string, Judge>(Object.entries(judges));

function deletionReason(live: KubernetesObject): string {
  const finalizers = valueAt(live, 'metadata', 'finalizers');
  const held = Array.isArray(finalizers) && finalizers.length > 0 ? ` (held by ${finalizers.join(', ')})` : '';
  return `is being deleted${held}`;
}
