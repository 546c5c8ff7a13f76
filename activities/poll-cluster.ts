import { RolloutError } from '../model/rollout-error.js';
import type { CallOptions } from '../systems/calls.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';
import { waitUntil, type Look, type Pace, type WaitOutcome } from '../systems/wait-until.js';

export interface ClusterPoll<T> {
  readonly connect: () => Promise<Kubernetes>;
  readonly pace: Pace;
  readonly options: CallOptions;
  /** Looks once. `done` ends the poll; `waitsFor` says in one line why it goes on. */
  readonly look: (kubernetes: Kubernetes) => Promise<Look<T>>;
}

/**
 * Looks at a cluster again and again until it is done or the deadline passes. While the API server does not answer, the
 * poll waits as usual, and connects anew. Any other failure ends the poll.
 */
export async function pollCluster<T>({ connect, pace, options, look }: ClusterPoll<T>): Promise<WaitOutcome<T>> {
  let kubernetes: Kubernetes | undefined;
  const lookOnce = async (): Promise<Look<T>> => {
    try {
      kubernetes ??= await connect();
      return await look(kubernetes);
    } catch (error) {
      if (!isOutage(error)) throw error;
      kubernetes = undefined;
      return { waitsFor: error.message };
    }
  };
  return waitUntil(lookOnce, pace, options);
}

function isOutage(error: unknown): error is RolloutError {
  return error instanceof RolloutError && (error.type === 'KubernetesUnavailable' || error.type === 'HostUnreachable');
}
