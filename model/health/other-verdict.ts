import { listAt, numberAt, textAt } from '../json/json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { conditionOf, conditionText } from './condition.js';
import { podTrouble } from './pod-trouble.js';
import { failed, ready, stuck, type Verdict, waiting } from './verdict.js';

/**
 * A claim is ready when it is bound. One whose StorageClass waits for the first consumer does not gate:
 * it is bound when its pod is scheduled, and the pod's workload gates.
 */
export function claimVerdict(live: KubernetesObject, storageClass: KubernetesObject | undefined): Verdict {
  const phase = textAt(live, 'status', 'phase') ?? 'Pending';
  if (phase === 'Bound') return ready;
  if (phase === 'Lost') return failed('its volume is lost');
  if (textAt(storageClass, 'volumeBindingMode') === 'WaitForFirstConsumer') return ready;
  const className = textAt(live, 'spec', 'storageClassName');
  if (className !== undefined && className !== '' && storageClass === undefined) {
    return stuck(`there is no StorageClass ${className}`);
  }
  return waiting('is not bound to a volume yet');
}

/** A CustomResourceDefinition is ready when its names are accepted and it is established. */
export function definitionVerdict(live: KubernetesObject): Verdict {
  const names = conditionOf(live, 'NamesAccepted');
  if (names?.status === 'False') return failed(conditionText(names));
  const established = conditionOf(live, 'Established');
  if (established?.status === 'True') return ready;
  if (established?.status === 'False' && established.reason !== 'Installing') return failed(conditionText(established));
  return waiting('is not established yet');
}

/** A Namespace is ready when it is active; one that is going away takes nothing new, and says what holds it. */
export function namespaceVerdict(live: KubernetesObject): Verdict {
  if (textAt(live, 'status', 'phase') !== 'Terminating') return ready;
  const held = ['NamespaceContentRemaining', 'NamespaceFinalizersRemaining', 'NamespaceDeletionDiscoveryFailure']
    .map((type) => conditionOf(live, type))
    .find((condition) => condition?.status === 'True');
  return stuck(held === undefined ? 'is being deleted' : `is being deleted: ${held.message}`);
}

/** A pod is ready when it is Ready, or succeeded where it is meant to end. */
export function podVerdict(live: KubernetesObject): Verdict {
  const phase = textAt(live, 'status', 'phase');
  const endsByItself = (textAt(live, 'spec', 'restartPolicy') ?? 'Always') !== 'Always';
  if (phase === 'Succeeded' && endsByItself) return ready;
  if (phase === 'Failed') return failed(textAt(live, 'status', 'message') ?? 'its containers failed');
  if (conditionOf(live, 'Ready')?.status === 'True' && !endsByItself) return ready;
  const trouble = podTrouble(live);
  return trouble === undefined ? waiting(`is ${phase ?? 'Pending'}`) : stuck(trouble.reason);
}

/** A Service is ready when it exists; one of type LoadBalancer when it has an address. */
export function serviceVerdict(live: KubernetesObject): Verdict {
  if (textAt(live, 'spec', 'type') !== 'LoadBalancer') return ready;
  return listAt(live, 'status', 'loadBalancer', 'ingress').length > 0 ? ready : waiting('has no address yet');
}

/** Any other kind is ready when it exists, unless its own status speaks of an older generation, `Ready` or `Stalled`. */
export function otherVerdict(live: KubernetesObject): Verdict {
  const seen = numberAt(live, 'status', 'observedGeneration');
  if (seen !== undefined && seen < (live.metadata.generation ?? 0)) return waiting('not yet seen by its controller');
  const stalled = conditionOf(live, 'Stalled');
  if (stalled?.status === 'True') return stuck(conditionText(stalled));
  const readyCondition = conditionOf(live, 'Ready');
  if (readyCondition !== undefined && readyCondition.status !== 'True') return waiting(conditionText(readyCondition));
  return ready;
}
