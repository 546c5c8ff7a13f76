import { describe, expect, it } from 'vitest';
import {
  applyWorkflowId,
  isReservedWorkflowId,
  nodeWorkflowId,
  parseWorkflowId,
  waveWorkflowId,
} from '../../../model/names/workflow-ids.js';

describe('parseWorkflowId', () => {
  it.each([
    [applyWorkflowId('demo'), { kind: 'lock', cluster: 'demo' }],
    [nodeWorkflowId('demo', 'k8s-redis'), { kind: 'node', cluster: 'demo', node: 'k8s-redis' }],
    [waveWorkflowId('demo', 10), { kind: 'wave', cluster: 'demo', wave: 10 }],
  ])('reads back what was made: %s', (id, workflow) => {
    expect(parseWorkflowId(id)).toEqual(workflow);
    expect(isReservedWorkflowId(id)).toBe(true);
  });

  it.each([
    'roll-out-demo-1',
    'cluster/',
    'cluster/demo/',
    'cluster/demo/pod/a',
    'cluster/demo/wave/x',
    'cluster/demo/node',
  ])('takes %s for none of ours', (id) => {
    expect(parseWorkflowId(id)).toBeUndefined();
  });
});
