import { describe, expect, it } from 'vitest';
import { nodePartOf } from '../../model/names/parse-step.js';
import { ansibleParts } from '../../model/artifacts/ansible-run.js';
import { nodeParts } from '../../model/steps.js';

describe('nodeParts', () => {
  it('are those of the role in the order in which they are done', () => {
    expect(nodeParts('worker')).toEqual(['instance', 'reachable', 'prepared', 'join', 'labelled', 'ready']);
    expect(nodeParts('control-plane')).toEqual([
      'instance',
      'reachable',
      'prepared',
      'init',
      'cni',
      'labelled',
      'ready',
    ]);
  });

  it('have the renewal of certificates before init, where a plan asks for it and only of a control plane', () => {
    expect(nodeParts('control-plane', { certificates: true }).slice(2, 5)).toEqual([
      'prepared',
      'certificates',
      'init',
    ]);
    expect(nodeParts('worker', { certificates: true })).toEqual(nodeParts('worker'));
  });
});

describe('nodePartOf', () => {
  it('knows the part of a step of a node, and none of a unit that is called as one', () => {
    expect(nodePartOf('node/k8s-redis/ready')).toBe('ready');
    expect(nodePartOf('wave/1/ready')).toBeUndefined();
    expect(nodePartOf('node/k8s-redis/unheard-of')).toBeUndefined();
  });
});

describe('ansibleParts', () => {
  it('are the steps that run a playbook, and so have logs', () => {
    expect(ansibleParts).toEqual(['prepared', 'init', 'cni', 'join']);
  });
});
