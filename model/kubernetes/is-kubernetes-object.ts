import { isRecord } from '../json/is-record.js';
import { textAt } from '../json/json-value.js';
import type { KubernetesObject } from './kubernetes-object.js';

/** Whether parsed JSON has what names a Kubernetes object: apiVersion, kind and metadata.name. */
export function isKubernetesObject(value: unknown): value is KubernetesObject {
  return (
    isRecord(value) &&
    textAt(value, 'apiVersion') !== undefined &&
    textAt(value, 'kind') !== undefined &&
    textAt(value, 'metadata', 'name') !== undefined
  );
}
