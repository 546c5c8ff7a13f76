import type { KubernetesObject, ObjectReference } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../calls.js';
import type { SshTarget } from '../ssh/ssh.js';

export interface ApplyOutcome {
  /** The present object in the API server. */
  readonly object: KubernetesObject;
  /** Whether this apply changed it: its resourceVersion moved, or it is new. */
  readonly changed: boolean;
}

/** One entry of a JSON Patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

/** The Kubernetes API of one cluster, over plain JSON. */
export interface Kubernetes {
  /** Returns an object; `undefined` when there is no such object. */
  get(reference: ObjectReference, options?: CallOptions): Promise<KubernetesObject | undefined>;
  /** Returns all objects of a kind, in one namespace or all, by label selector. */
  list(
    query: {
      readonly apiVersion: string;
      readonly kind: string;
      readonly namespace?: string;
      readonly labelSelector?: string;
      readonly fieldSelector?: string;
    },
    options?: CallOptions,
  ): Promise<readonly KubernetesObject[]>;
  /**
   * Applies the whole intended object server-side, without force. With `dryRun`, the API server only returns the result
   * of an apply. Fails with `FieldConflict` or `KubernetesRefused`.
   */
  apply(
    object: KubernetesObject,
    options: CallOptions & { readonly fieldManager: string; readonly dryRun?: boolean },
  ): Promise<ApplyOutcome>;
  /** Applies a JSON Patch. Fails with `KubernetesRefused` when a `test` does not hold. */
  patch(
    reference: ObjectReference,
    patch: readonly JsonPatchOperation[],
    options: CallOptions & { readonly fieldManager: string },
  ): Promise<KubernetesObject>;
  /**
   * Returns the last lines of a container's log; with `previous`, of its previous run. Returns `undefined` when there
   * is no such pod. Fails with `KubernetesRefused` when the container never ran, and with `KubernetesUnavailable` when
   * its node does not answer.
   */
  podLog(
    container: {
      readonly namespace: string;
      readonly name: string;
      readonly container: string;
      readonly lines: number;
      readonly previous?: boolean;
    },
    options?: CallOptions,
  ): Promise<string | undefined>;
}

/** The way to the Kubernetes API of a cluster. */
export interface KubernetesAccess {
  /**
   * Fetches the kubeconfig from the control plane over pinned SSH, keeps it in memory, and connects. Returns
   * `undefined` when the host has none yet, because kubeadm init has not run.
   * Fails with `HostUnreachable` or `KubernetesUnavailable`.
   */
  connect(
    controlPlane: SshTarget,
    input: { readonly endpoint: string },
    options?: CallOptions,
  ): Promise<Kubernetes | undefined>;
  /** Returns the kubeconfig itself, for a person; its server is the address that the worker uses. */
  kubeconfig(
    controlPlane: SshTarget,
    input: { readonly endpoint: string },
    options?: CallOptions,
  ): Promise<string | undefined>;
}
