import { describe, expect, it } from 'vitest';
import { podTrouble, schedulerSentence } from '../../../model/health/pod-trouble.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';

function aPod(status: Readonly<Record<string, unknown>>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status };
}

function waitingFor(reason: string, message = '', more: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  return aPod({ containerStatuses: [{ name: 'api', state: { waiting: { reason, message } }, ...more }] });
}

describe('podTrouble', () => {
  it.each<[string, KubernetesObject, string | undefined, boolean]>([
    ['a ready pod', aPod({ conditions: [{ type: 'Ready', status: 'True' }] }), undefined, false],
    ['a pod that has just begun', waitingFor('ContainerCreating'), undefined, false],
    [
      'an image that is not there',
      waitingFor('ErrImagePull', 'rpc error: code = NotFound desc = a: not found'),
      'container api ErrImagePull: rpc error: code = NotFound desc = a: not found',
      true,
    ],
    [
      'a registry that does not answer',
      waitingFor('ImagePullBackOff', 'dial tcp: i/o timeout'),
      'container api ImagePullBackOff: dial tcp: i/o timeout',
      false,
    ],
    [
      'a registry that limits',
      waitingFor('ErrImagePull', '429 Too Many Requests'),
      'container api ErrImagePull: 429 Too Many Requests',
      false,
    ],
    ['a bad image name', waitingFor('InvalidImageName', 'bad'), 'container api InvalidImageName: bad', true],
    [
      'a missing Secret',
      waitingFor('CreateContainerConfigError', 'secret "db" not found'),
      'container api CreateContainerConfigError: secret "db" not found',
      true,
    ],
    [
      'a Secret that the kubelet has not seen yet',
      waitingFor('CreateContainerConfigError', 'failed to sync secret cache: timed out'),
      'container api CreateContainerConfigError: failed to sync secret cache: timed out',
      false,
    ],
    [
      'a crash for want of memory',
      waitingFor('CrashLoopBackOff', 'back-off', {
        restartCount: 4,
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
      'container api CrashLoopBackOff: ended with 137, over its memory limit (OOMKilled), 4 restarts',
      false,
    ],
    [
      'an init container that fails',
      aPod({
        initContainerStatuses: [
          {
            name: 'migrate',
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            restartCount: 1,
            lastState: { terminated: { exitCode: 1 } },
          },
        ],
      }),
      'container migrate CrashLoopBackOff: ended with 1, 1 restarts',
      false,
    ],
    [
      'a container that is not ready',
      aPod({ phase: 'Running', containerStatuses: [{ name: 'api', ready: false, state: { running: {} } }] }),
      'container api runs and is not ready',
      false,
    ],
    [
      'an evicted pod',
      aPod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }),
      'Evicted: low on memory',
      false,
    ],
  ])('says of %s what keeps it', (_title, pod, reason, terminal) => {
    expect(podTrouble(pod)).toEqual(reason === undefined ? undefined : { reason, terminal });
  });
});

describe('schedulerSentence', () => {
  it('keeps the count and the reasons, without what preemption would not help', () => {
    const message =
      "0/14 nodes are available: 1 Insufficient memory, 13 node(s) didn't match Pod's node affinity/selector. preemption: 0/14 nodes are available: 1 No preemption victims found.";

    expect(schedulerSentence(message)).toBe(
      "0/14 nodes: 1 Insufficient memory, 13 node(s) didn't match Pod's node affinity/selector",
    );
    expect(
      schedulerSentence(
        '0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      ),
    ).toBe('0/1 nodes: 1 Insufficient memory');
    expect(schedulerSentence('no nodes available to schedule pods')).toBe('no nodes available to schedule pods');
  });
});
