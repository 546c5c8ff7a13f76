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

/** Who and what an eviction is about; with `uid`, only the pod that has it. */
export interface PodToEvict {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
}

/** `gone`: there is no such pod any more. `refused`: a PodDisruptionBudget forbids it now, in the words of the API server. */
export type Eviction = 'evicted' | 'gone' | { readonly refused: string };

/** What becomes of the objects that an object owns: `Foreground` keeps it until they are gone, `Background` does not. */
export type DeletePropagation = 'Foreground' | 'Background';

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
  /**
   * Asks that a pod goes, as far as its PodDisruptionBudgets allow; it then ends in its own time. Fails with `KubernetesRefused`
   * or `KubernetesUnavailable`.
   */
  evict(pod: PodToEvict, options?: CallOptions): Promise<Eviction>;
  /**
   * Deletes an object; with `uid`, only the one that has it. `false` when there is none. What has finalizers stays until they
   * are gone. Default propagation: background. Fails with `KubernetesRefused` or `KubernetesUnavailable`.
   */
  delete(
    reference: ObjectReference & { readonly uid?: string },
    options?: CallOptions & { readonly propagation?: DeletePropagation },
  ): Promise<boolean>;
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
