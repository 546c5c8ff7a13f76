import { setTimeout as pause } from 'node:timers/promises';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import type { ApiRequest, ApiResponse, ApiTransport } from './api-transport.js';
import { classifyConnectionFailure, classifyKubernetesFailure, isHiccup } from './classify-failure.js';

/** Where requests go. */
export interface ApiEntrance {
  /** The transport of now. */
  current(): ApiTransport;
  /** Called when the API server does not take our credentials: gets new ones. `false` when there are none. */
  renew(options?: CallOptions): Promise<boolean>;
  /** Called when the API server does not answer. */
  lost(): void;
}

/** What a request is about, for its failure. */
export interface Subject {
  readonly title: string;
  readonly options: CallOptions | undefined;
  /** Answers that the caller reads itself, beside 2xx and 404. Default: none. */
  readonly reads?: (response: ApiResponse) => boolean;
}

/** Hiccups (a restarting API server, a full queue, rules not loaded yet) get as many more tries as there are pauses. */
const hiccupPausesMs = [200, 500, 1_000, 2_000, 3_000];

/** One request with the short tries again that hiccups deserve. Returns 2xx and 404 answers and those that the caller reads, throws the rest. */
export async function callApi(entrance: ApiEntrance, request: ApiRequest, subject: Subject): Promise<ApiResponse> {
  const signal = subject.options?.signal;
  let renewed = false;
  for (const pauseMs of [...hiccupPausesMs, undefined]) {
    const outcome = await attempt(entrance.current(), request, subject);
    if (!(outcome instanceof RolloutError)) {
      if (outcome.status < 300 || outcome.status === 404 || subject.reads?.(outcome) === true) return outcome;
      if (outcome.status === 401 && !renewed && (await entrance.renew(subject.options))) {
        renewed = true;
        continue;
      }
      if (pauseMs === undefined || !isHiccup(outcome)) throw classifyKubernetesFailure(subject.title, outcome);
    } else if (pauseMs === undefined) {
      entrance.lost();
      throw outcome;
    }
    await pause(pauseMs, undefined, signal === undefined ? {} : { signal });
  }
  throw new RolloutError('KubernetesUnavailable', `${subject.title}: the API server does not answer`);
}

async function attempt(
  transport: ApiTransport,
  request: ApiRequest,
  subject: Subject,
): Promise<ApiResponse | RolloutError> {
  const signal = subject.options?.signal;
  try {
    return await transport(signal === undefined ? request : { ...request, signal });
  } catch (error) {
    signal?.throwIfAborted();
    return classifyConnectionFailure(subject.title, error);
  }
}
