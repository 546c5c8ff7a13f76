import { isKubernetesObject } from '../../model/kubernetes/is-kubernetes-object.js';
import { isRecord } from '../../model/is-record.js';
import { listAt, textAt } from '../../model/json-value.js';
import {
  type KubernetesObject,
  type ObjectReference,
  objectTitle,
  referenceOf,
} from '../../model/kubernetes/kubernetes-object.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import type { ApiResponse } from './api-transport.js';
import { callApi, type ApiEntrance } from './call-api.js';
import { classifyKubernetesFailure } from './classify-failure.js';
import { deleteObject } from './delete-object.js';
import { type ApiResource, createDiscovery, type Discovery, type KindReference } from './discovery.js';
import { evictPod } from './evict-pod.js';
import type { Kubernetes } from './kubernetes.js';

const pageSize = 500;

/** Implements the Kubernetes API as plain JSON over HTTPS, without typed models, which drop unknown fields. */
export function createHttpKubernetes(entrance: ApiEntrance): Kubernetes {
  const discovery = createDiscovery(async (path, options) => {
    const response = await callApi(entrance, { method: 'GET', path }, { title: `discovery of ${path}`, options });
    return response.status === 404 ? undefined : jsonOf(response);
  });
  const kubernetes: Kubernetes = {
    async get(reference, options) {
      const resource = await discovery(reference, options);
      if (resource === undefined) return undefined;
      const subject = { title: objectTitle(reference), options };
      const response = await callApi(entrance, { method: 'GET', path: objectPath(resource, reference) }, subject);
      return response.status === 404 ? undefined : objectOf(response, subject.title);
    },
    list: (query, options) => listAll({ entrance, discovery }, query, options),
    async apply(object, options) {
      const resource = await known(discovery, object, options);
      const subject = { title: objectTitle(referenceOf(object)), options };
      const before = await kubernetes.get(referenceOf(object), options);
      const response = await callApi(
        entrance,
        {
          method: 'PATCH',
          path: `${objectPath(resource, referenceOf(object))}?${patchQuery(options.fieldManager)}&force=false${options.dryRun === true ? '&dryRun=All' : ''}`,
          contentType: 'application/apply-patch+yaml',
          body: JSON.stringify(resource.namespaced ? object : withoutNamespace(object)),
        },
        subject,
      );
      if (response.status === 404) throw classifyKubernetesFailure(subject.title, response);
      const applied = objectOf(response, subject.title);
      const changed = before?.metadata.resourceVersion !== applied.metadata.resourceVersion;
      return { object: applied, changed };
    },
    async patch(reference, patch, options) {
      const resource = await known(discovery, reference, options);
      const subject = { title: objectTitle(reference), options };
      const response = await callApi(
        entrance,
        {
          method: 'PATCH',
          path: `${objectPath(resource, reference)}?${patchQuery(options.fieldManager)}`,
          contentType: 'application/json-patch+json',
          body: JSON.stringify(patch),
        },
        subject,
      );
      if (response.status === 404) throw classifyKubernetesFailure(subject.title, response);
      return objectOf(response, subject.title);
    },
    async podLog({ namespace, name, container, lines, previous = false }, options) {
      const query = new URLSearchParams({ container, tailLines: String(lines), previous: String(previous) });
      const pod = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
      const subject = { title: `log of pod ${namespace}/${name}, container ${container}`, options };
      const path = `${pod}/log?${query.toString()}`;
      const response = await callApi(entrance, { method: 'GET', path }, subject);
      return response.status === 404 ? undefined : response.body;
    },
    evict: (pod, options) => evictPod(entrance, pod, options),
    async delete(reference, options = {}) {
      const resource = await discovery(reference, options);
      if (resource === undefined) return false;
      return deleteObject(entrance, { reference, path: objectPath(resource, reference) }, options);
    },
  };
  return kubernetes;
}

async function listAll(
  api: { entrance: ApiEntrance; discovery: Discovery },
  query: Parameters<Kubernetes['list']>[0],
  options: CallOptions | undefined,
): Promise<readonly KubernetesObject[]> {
  const resource = await api.discovery(query, options);
  if (resource === undefined) return [];
  const title = `list of ${query.kind}`;
  const found: KubernetesObject[] = [];
  let next: string | undefined;
  do {
    const search = new URLSearchParams({ limit: String(pageSize) });
    if (query.labelSelector !== undefined) search.set('labelSelector', query.labelSelector);
    if (query.fieldSelector !== undefined) search.set('fieldSelector', query.fieldSelector);
    if (next !== undefined) search.set('continue', next);
    const path = `${collectionPath(resource, query.namespace)}?${search.toString()}`;
    const response = await callApi(api.entrance, { method: 'GET', path }, { title, options });
    const page = jsonOf(response);
    for (const item of listAt(page, 'items')) {
      const object: unknown = isRecord(item) ? { apiVersion: query.apiVersion, kind: query.kind, ...item } : item;
      if (isKubernetesObject(object)) found.push(object);
    }
    next = textAt(page, 'metadata', 'continue');
  } while (next !== undefined && next !== '');
  return found;
}

async function known(discovery: Discovery, kind: KindReference, options: CallOptions): Promise<ApiResource> {
  const resource = await discovery(kind, options);
  if (resource !== undefined) return resource;
  throw new RolloutError(
    'KubernetesRefused',
    `${kind.kind}: the API server has no kind ${kind.kind} in ${kind.apiVersion}; is its CustomResourceDefinition there?`,
  );
}

function objectPath(resource: ApiResource, reference: ObjectReference): string {
  if (resource.namespaced && reference.namespace === undefined) {
    throw new RolloutError('KubernetesRefused', `${objectTitle(reference)}: expected a namespace, found none`);
  }
  return `${collectionPath(resource, reference.namespace)}/${encodeURIComponent(reference.name)}`;
}

function collectionPath(resource: ApiResource, namespace: string | undefined): string {
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${resource.base}${scope}/${resource.plural}`;
}

function patchQuery(fieldManager: string): string {
  return new URLSearchParams({ fieldManager, fieldValidation: 'Strict' }).toString();
}

function withoutNamespace(object: KubernetesObject): KubernetesObject {
  const { namespace: _namespace, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function jsonOf(response: ApiResponse): unknown {
  return JSON.parse(response.body);
}

function objectOf(response: ApiResponse, title: string): KubernetesObject {
  const object = jsonOf(response);
  if (isKubernetesObject(object)) return object;
  throw new RolloutError('KubernetesUnavailable', `${title}: the answer is not a Kubernetes object`);
}
