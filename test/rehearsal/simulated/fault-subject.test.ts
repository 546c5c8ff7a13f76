import { describe, expect, it } from 'vitest';
import { requireSubject } from '../../../rehearsal/simulated/fault-subject.js';
import { parseFault } from '../../../rehearsal/simulated/faults.js';
import { aSpec } from '../../builders.js';

const spec = { ...aSpec(), units: [{ name: 'redis', wave: 0, namespace: 'data', manifests: 'redis' }] };

describe('requireSubject', () => {
  it.each([
    'k8s-worker-1: join fails twice',
    'k8s-worker-1: join takes 3 s',
    'redis: never ready',
    'ap-northeast-2a: no capacity',
    'aws: throttles twice',
  ])('takes "%s"', (text) => {
    expect(() => {
      requireSubject(parseFault(text), spec);
    }).not.toThrow();
  });

  it.each([
    ['nope: join fails twice', 'expected node one of k8s-master, k8s-worker-1, k8s-worker-2, found nope'],
    ['k8s-worker-11: join takes 3 s', '(did you mean k8s-worker-1?)'],
    ['k8s-worker-1: never ready', 'expected unit redis, found k8s-worker-1'],
    ['us-east-1a: no capacity', 'expected zone ap-northeast-2a, found us-east-1a'],
  ])('refuses "%s": nothing would ever go wrong', (text, said) => {
    expect(() => {
      requireSubject(parseFault(text), spec);
    }).toThrow(said);
  });
});
