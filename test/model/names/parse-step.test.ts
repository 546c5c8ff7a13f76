import { describe, expect, it } from 'vitest';
import {
  isStepId,
  nodeOfStep,
  nodePartOf,
  parseNodeOrStep,
  parseStep,
  stepTitle,
} from '../../../model/names/parse-step.js';
import { networkSteps } from '../../../model/step-table.js';
import { everyNodePart, keysOf, networkStep, nodeStep, unitStep, verifyStep } from '../../../model/steps.js';

describe('parseStep', () => {
  it.each(everyNodePart)('reads back the step %s of a node', (part) => {
    expect(parseStep(nodeStep('k8s-redis', part))).toEqual({ stage: 'nodes', node: 'k8s-redis', part });
  });

  it.each(keysOf(networkSteps))('reads back the part %s of the network', (part) => {
    const expected = part === 'subnet' ? { part, zone: 'ap-northeast-2a' } : { part };

    expect(parseStep(networkStep(part === 'subnet' ? 'subnet-ap-northeast-2a' : part))).toEqual({
      stage: 'network',
      ...expected,
    });
  });

  it('reads back the step of a unit, and that of the last stage', () => {
    expect(parseStep(unitStep(10, 'monitoring'))).toEqual({ stage: 'waves', wave: 10, unit: 'monitoring' });
    expect(parseStep(verifyStep)).toEqual({ stage: 'verify' });
  });

  it.each([
    '',
    'node',
    'node/k8s-redis',
    'node//join',
    'node/k8s-redis/joined',
    'node/k8s-redis/join/again',
    'network/subnet',
    'network/subnet-',
    'network/vpc/again',
    'wave/one/redis',
    'wave/1/',
    'verify',
    'verify/cluster/again',
    'nodes/k8s-redis/join',
  ])('takes %j for no step', (text) => {
    expect(parseStep(text)).toBeUndefined();
    expect(isStepId(text)).toBe(false);
    expect([nodeOfStep(text), nodePartOf(text)]).toEqual([undefined, undefined]);
  });
});

describe('parseNodeOrStep', () => {
  it('takes the name of a node and that of its steps', () => {
    expect(parseNodeOrStep('node/k8s-redis')).toEqual({ node: 'k8s-redis' });
    expect(parseNodeOrStep('node/k8s-redis/join')).toEqual({ node: 'k8s-redis', part: 'join' });
    expect(parseNodeOrStep('node/k8s-redis/joined')).toBeUndefined();
    expect(parseNodeOrStep('wave/0/redis')).toBeUndefined();
  });
});

describe('stepTitle', () => {
  it('is the last word', () => {
    expect(['node/k8s-redis/join', 'network/subnet-a', 'wave/1/api-auth', verifyStep].map(stepTitle)).toEqual([
      'join',
      'subnet-a',
      'api-auth',
      'cluster',
    ]);
  });
});
