import { setTimeout as pause } from 'node:timers/promises';
import { RolloutError } from '../model/rollout-error.js';
import type { CallOptions } from '../systems/calls.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';

/** How often and how long something is looked at. */
export interface PollPace {
  readonly everyMs: number;
  readonly deadlineMs: number;
}

export interface ClusterPoll<T> {
  readonly connect: () => Promise<Kubernetes>;
  readonly pace: PollPace;
  readonly options: CallOptions;
  /** Looks once. `done` ends the poll; `waitsFor` says in one line why it goes on. */
  readonly look: (kubernetes: Kubernetes) => Promise<{ readonly done: T } | { readonly waitsFor: string }>;
}

export type PollOutcome<T> = { readonly done: T } | { readonly timedOut: true; readonly waitsFor: string };

/**
 * Looks at a cluster again and again until it is done or the deadline passes. An API server that does not answer for a
 * while is waited for like anything else, and connected to anew; any other failure ends the poll.
 */
export async function pollCluster<T>(poll: ClusterPoll<T>): Promise<PollOutcome<T>> {
  const { pace, options } = poll;
  const endsAtMs = performance.now() + pace.deadlineMs;
  let kubernetes: Kubernetes | undefined;
  for (;;) {
    let waitsFor: string;
    try {
      kubernetes ??= await poll.connect();
      const outcome = await poll.look(kubernetes);
      if ('done' in outcome) return outcome;
      waitsFor = outcome.waitsFor;
    } catch (error) {
      if (!isOutage(error)) throw error;
      kubernetes = undefined;
      waitsFor = error.message;
    }
    options.onProgress?.(waitsFor);
    if (performance.now() + pace.everyMs > endsAtMs) return { timedOut: true, waitsFor };
    await pause(pace.everyMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

function isOutage(error: unknown): error is RolloutError {
  return error instanceof RolloutError && (error.type === 'KubernetesUnavailable' || error.type === 'HostUnreachable');
}
