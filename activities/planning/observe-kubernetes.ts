import { podNetwork } from '../../model/kubernetes/pod-network.js';
import { controlPlaneMark } from '../../model/kubernetes/node-marks.js';
import type { KubernetesFacts, UnitFact } from '../../model/facts/facts.js';
import { gateSentence } from '../../model/health/gate-sentence.js';
import { textAt } from '../../model/json/json-value.js';
import { madeWith } from '../../model/host/kubeadm-config.js';
import { nodeFact } from '../../model/facts/node-fact.js';
import type { KubernetesObject, ObjectReference } from '../../model/kubernetes/kubernetes-object.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { isSeenComplete } from '../../model/kubernetes/passing-job.js';
import type { InventoryEntry, UnitInventory } from '../../model/kubernetes/unit-inventory.js';
import { remainsOf, type UnitRemains } from '../../model/kubernetes/unit-removal.js';
import { isSame } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { readRecord } from '../cluster-record.js';
import { openObjects } from '../units/judge-unit.js';
import { withUids } from '../units/remove-objects.js';
import { driftOf } from './observe-drift.js';
import { observeData, readInventories } from './observe-data.js';

/** What `kubeadm init` makes last: an API that answers does not prove that it ended. */
const initMarkers: readonly ObjectReference[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'kubeadm-config', namespace: 'kube-system' },
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'cluster-info', namespace: 'kube-public' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy', namespace: 'kube-system' },
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'coredns', namespace: 'kube-system' },
];

/**
 * What the planner needs to know of a cluster. Objects of `units`, with the values of their Secrets, are compared field by
 * field where they were applied as they are. Fails with `KubernetesUnavailable`.
 */
export async function observeKubernetes(
  kubernetes: Kubernetes,
  options: CallOptions = {},
  units: readonly RenderedUnit[] = [],
): Promise<KubernetesFacts> {
  const nodes = await kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, options);
  const inventories = await readInventories(kubernetes, options);
  const markers = await Promise.all(initMarkers.map((marker) => kubernetes.get(marker, options)));
  const configuration = textAt(markers[0], 'data', 'ClusterConfiguration');
  // kubeadm sets this label and the taint in one step; a cluster of one node may do without the taint
  const marked = nodes.some(({ metadata }) => metadata.labels?.[controlPlaneMark] !== undefined);
  return {
    nodes: nodes.map(nodeFact),
    units: await Promise.all(
      inventories.map((inventory) => unitFact(kubernetes, { inventory, inventories, units }, options)),
    ),
    data: await observeData(kubernetes, inventories, options),
    initialised: marked && markers.every((found) => found !== undefined),
    record: await readRecord(kubernetes, options),
    ...(configuration === undefined ? {} : { madeWith: madeWith(configuration) }),
    podNetworkInstalled: await exists(kubernetes, podNetwork.daemonSet, options),
  };
}

interface Inventories {
  readonly inventory: UnitInventory;
  /** Those of all units. */
  readonly inventories: readonly UnitInventory[];
}

/** What there is of a unit that is not wanted, also what an apply made whose end nobody wrote down. */
async function observeRemains(
  kubernetes: Kubernetes,
  { inventory, inventories }: Inventories,
  options: CallOptions,
): Promise<UnitRemains> {
  const { unit } = inventory;
  const owned = [...inventory.objects, ...inventory.leftovers];
  const entries = await withUids(kubernetes, { entries: owned, unit }, options);
  const found = await Promise.all(
    entries.map(async (entry) => ({ entry, live: await kubernetes.get(entry, options) })),
  );
  const claims = await kubernetes.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, options);
  return remainsOf(inventory, found, { claims, others: inventories.filter((each) => each.unit !== unit) });
}

/** A unit whose last apply did not end has no digest: it is never the wanted one. */
async function unitFact(
  kubernetes: Kubernetes,
  { inventory, inventories, units }: Inventories & { readonly units: readonly RenderedUnit[] },
  options: CallOptions,
): Promise<UnitFact> {
  const live = await Promise.all(inventory.objects.map((entry) => kubernetes.get(entry, options)));
  const { unit, wave, appliedDigest, heldDigest } = inventory;
  const isThere = (object: KubernetesObject | undefined, entry: InventoryEntry | undefined): boolean =>
    object !== undefined || (entry !== undefined && isSeenComplete(inventory, entry));
  const complete = appliedDigest !== undefined && live.every((object, at) => isThere(object, inventory.objects[at]));
  const held = appliedDigest !== undefined && heldDigest === appliedDigest;
  const wanted = units.find(({ name, digest }) => name === unit && digest === appliedDigest);
  const liveOf = (reference: ObjectReference): KubernetesObject | undefined =>
    live[inventory.objects.findIndex((entry) => isSame(entry, reference))];
  const drift = wanted === undefined ? undefined : await driftOf(kubernetes, { unit: wanted, liveOf }, options);
  const isWanted = units.some(({ name }) => name === unit);
  const remains = isWanted ? undefined : await observeRemains(kubernetes, { inventory, inventories }, options);
  const open = complete && held ? await openObjects(kubernetes, inventory, options) : [];
  return {
    ...{ name: unit, digest: appliedDigest ?? '', complete, held },
    ...(remains === undefined ? {} : { remains }),
    ...(drift === undefined ? {} : { drift }),
    ...(open.length === 0 ? {} : { notReady: gateSentence(wave, open) }),
  };
}

async function exists(kubernetes: Kubernetes, reference: ObjectReference, options: CallOptions): Promise<boolean> {
  return (await kubernetes.get(reference, options)) !== undefined;
}
