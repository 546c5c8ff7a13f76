import { describe, expect, it } from 'vitest';
import { plannedNode } from '../../activities/planned-node.js';
import { aPlan, aSpec } from '../builders.js';

const spec = aSpec({ workers: 1 });
const artifacts = {
  put: () => Promise.resolve('a'),
  get: () => Promise.resolve(JSON.stringify({ spec, plan: aPlan({ spec }), units: [] })),
};
const plan = { cluster: spec.cluster, digest: 'sha256:0123', artifact: 'a' };
const input = (name: string) => ({
  plan,
  node: { name, role: 'worker', generation: 1, op: 'create', data: [] } as const,
});

describe('plannedNode', () => {
  it('is the node of the spec that the plan was made of, with the plan', async () => {
    const { body, node } = await plannedNode(artifacts, input('k8s-worker-1'));

    expect(node).toEqual(spec.nodes.find(({ name }) => name === 'k8s-worker-1'));
    expect(body.spec).toEqual(spec);
  });

  it('says which node a plan does not have', async () => {
    await expect(plannedNode(artifacts, input('k8s-gone'))).rejects.toMatchObject({
      type: 'PlanMissing',
      message: 'node k8s-gone: expected in the spec of plan sha256:0123, found none',
    });
  });
});
