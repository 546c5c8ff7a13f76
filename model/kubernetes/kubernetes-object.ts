/** Any Kubernetes object as plain JSON; never passed through typed models, which drop unknown fields. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** `Deployment api/location`, `Namespace api`: how an object is named to people. */
export function objectTitle(object: ObjectReference): string {
  return `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
}

/** The name of an object. */
export function referenceOf(object: KubernetesObject): ObjectReference {
  const { name, namespace } = object.metadata;
  const reference = { apiVersion: object.apiVersion, kind: object.kind, name };
  return namespace === undefined ? reference : { ...reference, namespace };
}

/** An object stays the same one when only the version of its API moves. */
export function isSame(a: ObjectReference, b: ObjectReference): boolean {
  return (
    apiGroupOf(a.apiVersion) === apiGroupOf(b.apiVersion) &&
    a.kind === b.kind &&
    a.name === b.name &&
    a.namespace === b.namespace
  );
}

/** `apps` of `apps/v1`; nothing for the core group. */
export function apiGroupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
}
