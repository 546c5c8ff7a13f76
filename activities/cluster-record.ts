import {
  parseRecord,
  recordObject,
  recordReference,
  type ClusterRecord,
  type Settings,
} from '../model/facts/cluster-record.js';
import { namespaceObject, systemNamespace } from '../model/kubernetes/unit-inventory.js';
import type { CallOptions } from '../systems/calls.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';

/** The cluster's own record of its spec. Fails with `KubernetesUnavailable`. */
export async function readRecord(kubernetes: Kubernetes, options: CallOptions): Promise<ClusterRecord> {
  return parseRecord(await kubernetes.get(recordReference, options));
}

/** Writes one part of the record, as its own field manager. Whether it was another one before. */
export async function writeRecord(
  kubernetes: Kubernetes,
  { part, settings }: { readonly part: keyof ClusterRecord; readonly settings: Settings },
  options: CallOptions,
): Promise<boolean> {
  const owned = { ...options, fieldManager: `groundswell-record-${part}` };
  await kubernetes.apply(namespaceObject(systemNamespace), owned);
  return (await kubernetes.apply(recordObject(part, settings), owned)).changed;
}
