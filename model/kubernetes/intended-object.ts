import type { KubernetesObject } from './kubernetes-object.js';
import { unitLabel } from './unit-inventory.js';

const serverFields = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'];

/** An object as it is applied: labelled with its unit, without status and without what the API server fills in. */
export function intendedObject(object: KubernetesObject, unit: string): KubernetesObject {
  const { metadata, ...rest } = withoutServerFields(object);
  return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, [unitLabel]: unit } } };
}

/** An object without status and without what the API server fills in, or moves by itself. */
export function withoutServerFields({ status: _status, metadata, ...rest }: KubernetesObject): KubernetesObject {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([field]) => !serverFields.includes(field)));
  return { ...rest, metadata: { ...kept, name: metadata.name } };
}
