import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createInstanceActivities } from '../../activities/instances.js';
import type { InstanceFact } from '../../model/facts/facts.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import { publicKeyOf } from '../../systems/ssh/public-key.js';
import { anInstance, aNode, aPlan, aSpec } from '../builders.js';
import { failureOf } from '../failure-of.js';
import { runActivity } from './cluster-dependencies.js';
import { fakeWorld } from './fake-hosts.js';

const deadlineMs = 40;
const accessKey = createHostIdentity('access').firstKey({ cluster: 'test', node: 'user', generation: 1 }).privateKey;

/** Each launch is accepted, stays pending for as long as an attempt may take in all, and ends for lack of capacity. */
function withoutCapacity() {
  const node = aNode({ name: 'k8s-redis', instanceTypes: ['t3.micro', 't3.small', 't3.medium'] });
  const spec = aSpec({ workers: 0 });
  const body = { spec: { ...spec, nodes: [...spec.nodes, node] }, plan: aPlan({ spec }), units: [] };
  const launched: InstanceFact[] = [];
  const world = fakeWorld();
  const activities = createInstanceActivities(
    {
      artifacts: { put: () => Promise.resolve('a'), get: () => Promise.resolve(JSON.stringify(body)) },
      ec2Network: {
        ...world.ec2Network,
        describeNetwork: () =>
          Promise.resolve({
            vpcId: 'vpc-1',
            securityGroupId: 'sg-1',
            keyPairName: 'key',
            subnets: [{ zone: 'ap-northeast-2a', id: 'subnet-1', cidr: '10.20.0.0/20' }],
          }),
      },
      ec2Compute: {
        ...world.ec2Compute,
        async describeInstances() {
          if (launched.length > 0) await pass(deadlineMs * 1.5);
          const stateReason = { code: 'Server.InsufficientInstanceCapacity', message: 'none' };
          return launched.map((instance) => ({ ...instance, state: 'terminated', stateReason }));
        },
        runInstance({ node: name, type, zone, generation }) {
          const instance = anInstance({ node: name, id: `i-${launched.length}`, type, zone, generation });
          launched.push({ ...instance, state: 'pending' });
          return Promise.resolve({ ...instance, state: 'pending' });
        },
      },
      identity: createHostIdentity('s'),
      readSecret: () => Promise.resolve(accessKey),
      publicKeyOf,
    },
    { everyMs: 1, deadlineMs },
  );
  const input = {
    plan: { cluster: 'test', digest: 'd', artifact: 'a' },
    node: { name: node.name, role: 'worker', generation: 1, op: 'create', data: [] },
  } as const;
  const ensure = () => runActivity((given: typeof input) => activities.ensureInstance(given), input);
  return { ensure, launched };
}

describe('ensureInstance', () => {
  it('ends within one deadline, not one for each type that has no capacity', async () => {
    const { ensure, launched } = withoutCapacity();

    const failure = await failureOf(ensure());

    expect(failure.type).toBe('TimedOut');
    expect(failure.message).toMatch(
      /^node k8s-redis: expected a running instance after 0\.04 s, found that EC2 ended the launched ones for lack of capacity$/,
    );
    expect(launched.map(({ type }) => type)).toEqual(['t3.micro']);
  });
});
