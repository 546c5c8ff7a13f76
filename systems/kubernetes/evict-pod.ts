import { shortLine } from '../../model/show/one-line.js';
import { listAt, textAt } from '../../model/json/json-value.js';
import type { CallOptions } from '../calls.js';
import type { ApiResponse } from './api-transport.js';
import { callApi, type ApiEntrance } from './call-api.js';
import { isOfAnotherUid, statusOf } from './classify-failure.js';
import type { Eviction, PodToEvict } from './kubernetes.js';

/** Characters of what a budget says. */
const longestRefusal = 300;

/**
 * Asks the API server to evict a pod. A refusal by a PodDisruptionBudget is an answer, not a failure: it may be another one a
 * moment later. Fails with `KubernetesRefused` or `KubernetesUnavailable`.
 */
export async function evictPod(
  entrance: ApiEntrance,
  { namespace, name, uid }: PodToEvict,
  options: CallOptions | undefined,
): Promise<Eviction> {
  const pod = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  const preconditions = uid === undefined ? {} : { deleteOptions: { preconditions: { uid } } };
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, ...preconditions };
  const response = await callApi(
    entrance,
    { method: 'POST', path: `${pod}/eviction`, contentType: 'application/json', body: JSON.stringify(eviction) },
    {
      title: `eviction of pod ${namespace}/${name}`,
      options,
      reads: (answer) => isOfAnotherUid(answer) || refusalIn(answer) !== undefined,
    },
  );
  if (response.status < 300) return 'evicted';
  const refused = refusalIn(response);
  return refused === undefined ? 'gone' : { refused };
}

/**
 * The words of a budget in an answer; `undefined` when it has none. A 429 without that cause means an API server with too much
 * to do. Two budgets for one pod give a 500, and a namespace that goes away gives a 403. Both count as refused.
 */
function refusalIn(response: ApiResponse): string | undefined {
  const status = statusOf(response.body);
  const message = shortLine(textAt(status, 'message') ?? '', longestRefusal);
  if (response.status === 500 && message.includes('more than one PodDisruptionBudget')) return message;
  const causes = listAt(status, 'details', 'causes');
  const of = (reason: string): unknown => causes.find((cause) => textAt(cause, 'reason') === reason);
  if (response.status === 403 && of('NamespaceTerminating') !== undefined) return message;
  if (response.status !== 429 || of('DisruptionBudget') === undefined) return undefined;
  return shortLine(textAt(of('DisruptionBudget'), 'message') ?? message, longestRefusal);
}
