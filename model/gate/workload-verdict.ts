import { numberAt, textAt, valueAt } from '../json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { conditionOf, conditionText } from './condition.js';
import { failed, ready, stuck, type Verdict, waiting } from './verdict.js';

/**
 * A Deployment is ready when every wanted replica is of the newest template, ready and available, and no older one is left.
 * `Available=True` proves nothing: it stays true while an update hangs.
 */
export function deploymentVerdict(live: KubernetesObject): Verdict {
  const wanted = numberAt(live, 'spec', 'replicas') ?? 1;
  const count = (field: string): number => numberAt(live, 'status', field) ?? 0;
  const progress = `${Math.min(count('readyReplicas'), count('updatedReplicas'))}/${wanted}`;
  const unseen = unseenVerdict(live, progress);
  if (unseen !== undefined) return unseen;
  if (valueAt(live, 'spec', 'paused') === true) return stuck('is paused; a person must resume it', progress);
  const replicaFailure = conditionOf(live, 'ReplicaFailure');
  if (replicaFailure?.status === 'True') return stuck(conditionText(replicaFailure), progress);
  const progressing = conditionOf(live, 'Progressing');
  if (progressing?.status === 'False') return stuck(conditionText(progressing), progress);
  if (count('updatedReplicas') < wanted) return waiting(`${count('updatedReplicas')} of ${wanted} updated`, progress);
  if (count('replicas') > count('updatedReplicas')) {
    return waiting(`${count('replicas') - count('updatedReplicas')} old replicas are going`, progress);
  }
  if (count('readyReplicas') < wanted) return waiting(`${count('readyReplicas')} of ${wanted} ready`, progress);
  if (count('availableReplicas') < wanted)
    return waiting(`${count('availableReplicas')} of ${wanted} available`, progress);
  return ready;
}

/** A StatefulSet is ready when its replicas are ready and those that its update strategy covers are of the newest revision. */
export function statefulSetVerdict(live: KubernetesObject): Verdict {
  const wanted = numberAt(live, 'spec', 'replicas') ?? 1;
  const count = (field: string): number => numberAt(live, 'status', field) ?? 0;
  const progress = `${count('readyReplicas')}/${wanted}`;
  const unseen = unseenVerdict(live, progress);
  if (unseen !== undefined) return unseen;
  if (count('readyReplicas') < wanted) return waiting(`${count('readyReplicas')} of ${wanted} ready`, progress);
  if (count('replicas') > wanted) return waiting(`${count('replicas') - wanted} surplus replicas`, progress);
  const current = textAt(live, 'status', 'currentRevision');
  const update = textAt(live, 'status', 'updateRevision');
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return current === update ? ready : stuck('updates on deletion: a person must delete its old pods', progress);
  }
  const partition = numberAt(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const toUpdate = Math.max(0, wanted - partition);
  if (current !== update && count('updatedReplicas') < toUpdate) {
    return waiting(`${count('updatedReplicas')} of ${toUpdate} updated`, progress);
  }
  if (partition === 0 && current !== update) return waiting('the new revision is not the current one yet', progress);
  return ready;
}

/**
 * A DaemonSet is ready when its pod of the newest template is available on every node that it wants. Without any node
 * it is not ready.
 */
export function daemonSetVerdict(live: KubernetesObject): Verdict {
  const wanted = numberAt(live, 'status', 'desiredNumberScheduled') ?? 0;
  const count = (field: string): number => numberAt(live, 'status', field) ?? 0;
  const progress = `${count('numberReady')}/${wanted}`;
  const unseen = unseenVerdict(live, progress);
  if (unseen !== undefined) return unseen;
  if (wanted === 0) return waiting('no node matches it', progress);
  const onDelete = textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  if (!onDelete && count('updatedNumberScheduled') < wanted) {
    return waiting(`${count('updatedNumberScheduled')} of ${wanted} updated`, progress);
  }
  if (count('numberAvailable') < wanted) return waiting(`${count('numberAvailable')} of ${wanted} available`, progress);
  return ready;
}

/** A ReplicaSet is ready when all its replicas are available. */
export function replicaSetVerdict(live: KubernetesObject): Verdict {
  const wanted = numberAt(live, 'spec', 'replicas') ?? 1;
  const available = numberAt(live, 'status', 'availableReplicas') ?? 0;
  const progress = `${available}/${wanted}`;
  const unseen = unseenVerdict(live, progress);
  if (unseen !== undefined) return unseen;
  const replicaFailure = conditionOf(live, 'ReplicaFailure');
  if (replicaFailure?.status === 'True') return stuck(conditionText(replicaFailure), progress);
  return available < wanted ? waiting(`${available} of ${wanted} available`, progress) : ready;
}

/**
 * A Job is ready when it is complete. Only conditions with status True count: a Job that was resumed keeps a condition
 * `Suspended` with status False.
 */
export function jobVerdict(live: KubernetesObject): Verdict {
  for (const type of ['Failed', 'FailureTarget']) {
    const condition = conditionOf(live, type);
    if (condition?.status === 'True') return failed(conditionText(condition));
  }
  for (const type of ['Complete', 'SuccessCriteriaMet']) {
    if (conditionOf(live, type)?.status === 'True') return ready;
  }
  const progress = `${numberAt(live, 'status', 'succeeded') ?? 0}/${numberAt(live, 'spec', 'completions') ?? 1}`;
  if (valueAt(live, 'spec', 'suspend') === true) return stuck('is suspended; a person must resume it', progress);
  return waiting(`${progress} succeeded`, progress);
}

function unseenVerdict(live: KubernetesObject, progress: string): Verdict | undefined {
  return isSeen(live) ? undefined : waiting('not yet seen by its controller', progress);
}

/** Whether the status of a workload is about its newest generation: one of an older one says nothing about this apply. */
export function isSeen(live: KubernetesObject): boolean {
  const seen = numberAt(live, 'status', 'observedGeneration') ?? 0;
  return seen >= (live.metadata.generation ?? 1);
}
