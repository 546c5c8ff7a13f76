import { describe, expect, it } from 'vitest';
import { type ClusterPoll, pollCluster } from '../../activities/poll-cluster.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';

const kubernetes: Kubernetes = {
  get: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
  apply: () => Promise.reject(new Error('nothing is applied here')),
  patch: () => Promise.reject(new Error('nothing is patched here')),
  podLog: () => Promise.resolve(undefined),
  evict: () => Promise.reject(new Error('nothing is evicted here')),
  delete: () => Promise.reject(new Error('nothing is deleted here')),
};
const outage = (): RolloutError => new RolloutError('KubernetesUnavailable', 'the API server does not answer');

function aPoll<T>(look: ClusterPoll<T>['look'], more: Partial<ClusterPoll<T>> = {}): ClusterPoll<T> {
  return {
    connect: () => Promise.resolve(kubernetes),
    pace: { everyMs: 5, deadlineMs: 60 },
    options: {},
    look,
    ...more,
  };
}

describe('pollCluster', () => {
  it('looks until it is done and tells each time what it waits for', async () => {
    const lines: string[] = [];
    let looks = 0;
    const look = () => {
      looks += 1;
      return Promise.resolve(looks === 3 ? { done: 'here' } : { waitsFor: `look ${looks}` });
    };

    const outcome = await pollCluster(aPoll(look, { options: { onProgress: (line) => lines.push(line) } }));

    expect(outcome).toEqual({ done: 'here' });
    expect(lines).toEqual(['look 1', 'look 2']);
  });

  it('sits out an API server that does not answer, and connects anew', async () => {
    let connections = 0;
    const connect = () => {
      connections += 1;
      return connections === 1 ? Promise.reject(outage()) : Promise.resolve(kubernetes);
    };
    let looks = 0;
    const look = () => {
      looks += 1;
      return looks === 1 ? Promise.reject(outage()) : Promise.resolve({ done: true });
    };

    expect(await pollCluster(aPoll(look, { connect }))).toEqual({ done: true });
    expect(connections).toBe(3);
  });

  it('ends at the deadline with the last thing that it waited for', async () => {
    const outcome = await pollCluster(aPoll(() => Promise.reject(outage())));

    expect(outcome).toEqual({ timedOut: true, waitsFor: 'the API server does not answer' });
  });

  it('ends at once with any other failure, and with its signal', async () => {
    const conflict = new RolloutError('FieldConflict', 'field belongs to somebody else');
    const stopped = new AbortController();
    const look = () => {
      stopped.abort();
      return Promise.resolve({ waitsFor: 'nothing' });
    };

    await expect(pollCluster(aPoll(() => Promise.reject(conflict)))).rejects.toBe(conflict);
    await expect(pollCluster(aPoll(look, { options: { signal: stopped.signal } }))).rejects.toThrow(/aborted/);
  });
});
