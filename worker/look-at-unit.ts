import { openObjects, readInventory } from '../activities/units/judge-unit.js';
import { podsOf } from '../activities/units/unit-pods.js';
import { conditionOf } from '../model/gate/condition.js';
import { hasPods } from '../model/gate/gate.js';
import { judgedText } from '../model/gate/gate-sentence.js';
import { listAt, numberAt, textAt, valueAt } from '../model/json-value.js';
import type { KubernetesObject } from '../model/kubernetes/kubernetes-object.js';
import type { InventoryEntry } from '../model/kubernetes/unit-inventory.js';
import type { ContainerLog, EventLook, PodLook, UnitLook } from '../model/kubernetes/unit-look.js';
import { RolloutError } from '../model/rollout-error.js';
import { oneLine } from '../model/show/one-line.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';

const options = {};
/** The limit of reported pods and events: unready pods come first, and newest events. */
const mostPods = 6;
const mostEvents = 20;

/**
 * Looks at a unit with its pods, their last log lines, and their events. Returns `undefined` when the unit was never
 * applied. Only reads. Fails as the Kubernetes API does; an unreadable log has its reason in its place.
 */
export async function lookAtUnit(
  kubernetes: Kubernetes,
  { unit, lines }: { readonly unit: string; readonly lines: number },
): Promise<UnitLook | undefined> {
  const inventory = await readInventory(kubernetes, unit, options);
  if (inventory === undefined) return undefined;
  const [open, pods] = await Promise.all([
    openObjects(kubernetes, inventory, options),
    podsOfUnit(kubernetes, inventory.objects),
  ]);
  const shown = pods.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b))).slice(0, mostPods);
  return {
    unit,
    wave: inventory.wave,
    objects: inventory.objects.length,
    open: open.map(judgedText),
    pods: await Promise.all(shown.map((pod) => podLook(kubernetes, pod, lines))),
    events: await eventsOf(kubernetes, inventory.objects),
  };
}

async function podsOfUnit(
  kubernetes: Kubernetes,
  objects: readonly InventoryEntry[],
): Promise<readonly KubernetesObject[]> {
  const pods = await Promise.all(
    objects
      .filter(({ kind }) => hasPods(kind))
      .map(async (entry) => {
        const workload = await kubernetes.get(entry, options);
        return workload === undefined ? [] : (await podsOf(kubernetes, workload, options)).newest;
      }),
  );
  return pods.flat();
}

async function podLook(kubernetes: Kubernetes, pod: KubernetesObject, lines: number): Promise<PodLook> {
  const { namespace = '', name } = pod.metadata;
  const node = textAt(pod, 'spec', 'nodeName');
  const logs = await Promise.all(
    containersOf(pod).map(async (container): Promise<ContainerLog> =>
      node === undefined
        ? { ...container, problem: 'it has not started: the pod is on no node' }
        : containerLog(kubernetes, { namespace, name, ...container, lines }),
    ),
  );
  const phase = textAt(pod, 'status', 'phase') ?? 'Unknown';
  return { namespace, name, ...(node === undefined ? {} : { node }), phase, ready: isReady(pod), logs };
}

/**
 * The containers of a pod, each with the run whose log tells the problem. For a container that waits for its restart,
 * that is its previous run.
 */
function containersOf(pod: KubernetesObject): readonly { readonly container: string; readonly previous: boolean }[] {
  const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  return [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')].flatMap((spec) => {
    const container = textAt(spec, 'name');
    if (container === undefined) return [];
    const status = statuses.find((one) => textAt(one, 'name') === container);
    const restarts = numberAt(status, 'restartCount') ?? 0;
    return [{ container, previous: restarts > 0 && valueAt(status, 'state', 'waiting') !== undefined }];
  });
}

async function containerLog(
  kubernetes: Kubernetes,
  wanted: Parameters<Kubernetes['podLog']>[0] & { readonly previous: boolean },
): Promise<ContainerLog> {
  const { container, previous } = wanted;
  try {
    const text = await kubernetes.podLog(wanted, options);
    return text === undefined ? { container, previous, problem: 'the pod is gone' } : { container, previous, text };
  } catch (error) {
    if (error instanceof RolloutError) return { container, previous, problem: error.message };
    throw error;
  }
}

function isReady(pod: KubernetesObject): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

/** Reads events about the objects themselves, and about the ReplicaSets, pods and claims that bear their names. */
async function eventsOf(kubernetes: Kubernetes, objects: readonly InventoryEntry[]): Promise<readonly EventLook[]> {
  const namespaces = new Set(objects.flatMap(({ namespace }) => namespace ?? []));
  const lists = await Promise.all(
    [...namespaces].map((namespace) => kubernetes.list({ apiVersion: 'v1', kind: 'Event', namespace }, options)),
  );
  const owners = objects.map(({ namespace, name }) => ({ namespace, name }));
  const about = lists.flat().filter((event) => {
    const name = textAt(event, 'involvedObject', 'name') ?? '';
    return owners.some(
      (owner) =>
        owner.namespace === event.metadata.namespace && (name === owner.name || name.startsWith(`${owner.name}-`)),
    );
  });
  return about
    .map(eventLook)
    .toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''))
    .slice(-mostEvents);
}

function eventLook(event: KubernetesObject): EventLook {
  const seen = ['lastTimestamp', 'eventTime', 'firstTimestamp'].map((field) => textAt(event, field));
  const at = seen.find((time) => time !== undefined);
  return {
    ...(at === undefined ? {} : { at }),
    type: textAt(event, 'type') ?? '',
    reason: textAt(event, 'reason') ?? '',
    about: `${textAt(event, 'involvedObject', 'kind') ?? ''} ${textAt(event, 'involvedObject', 'name') ?? ''}`,
    count: numberAt(event, 'count') ?? numberAt(event, 'series', 'count') ?? 1,
    message: oneLine(textAt(event, 'message') ?? ''),
  };
}
