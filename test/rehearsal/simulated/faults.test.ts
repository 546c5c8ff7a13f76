import { describe, expect, it } from 'vitest';
import { parseFault } from '../../../rehearsal/simulated/faults.js';

describe('parseFault', () => {
  it.each([
    ['k8s-redis: join fails once', { kind: 'fails', subject: 'k8s-redis', part: 'join', times: 1 }],
    ['k8s-redis: join fails twice', { kind: 'fails', subject: 'k8s-redis', part: 'join', times: 2 }],
    ['k8s-redis: prepare fails 12 times', { kind: 'fails', subject: 'k8s-redis', part: 'prepared', times: 12 }],
    ['api-location: never ready', { kind: 'never ready', subject: 'api-location' }],
    ['ap-northeast-2a: no capacity', { kind: 'no capacity', subject: 'ap-northeast-2a' }],
    ['k8s-worker-ai: join takes 20 s', { kind: 'slow', subject: 'k8s-worker-ai', part: 'join', seconds: 20 }],
    ['k8s-worker-ai: join takes 0.5 s', { kind: 'slow', subject: 'k8s-worker-ai', part: 'join', seconds: 0.5 }],
  ])('reads "%s"', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  it.each([
    '',
    'k8s-redis',
    ': never ready',
    'k8s-redis: join fails often',
    'k8s-redis: join takes a while',
    // nothing of the world would ever look at these
    'k8s-redis: reboot fails once',
    'k8s-redis: labelled takes 3 s',
  ])('refuses "%s" and says what it expects', (text) => {
    expect(() => parseFault(text)).toThrow(/^fault ".*": expected "<node>: <.*> fails once/);
  });
});
