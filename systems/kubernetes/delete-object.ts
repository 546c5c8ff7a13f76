import { objectTitle, type ObjectReference } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../calls.js';
import { callApi, type ApiEntrance } from './call-api.js';
import { isOfAnotherUid } from './classify-failure.js';
import type { DeletePropagation } from './kubernetes.js';

export interface ObjectToDelete {
  readonly reference: ObjectReference & { readonly uid?: string };
  /** Where it is found. */
  readonly path: string;
}

/**
 * Deletes an object. `false` when there is none, or the one of its name has another uid. Fails with `KubernetesRefused` or
 * `KubernetesUnavailable`.
 */
export async function deleteObject(
  entrance: ApiEntrance,
  { reference, path }: ObjectToDelete,
  { propagation = 'Background', ...options }: CallOptions & { readonly propagation?: DeletePropagation },
): Promise<boolean> {
  const { uid } = reference;
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: propagation, ...preconditions };
  const response = await callApi(
    entrance,
    { method: 'DELETE', path, contentType: 'application/json', body: JSON.stringify(body) },
    { title: objectTitle(reference), options, reads: isOfAnotherUid },
  );
  return response.status < 300;
}
