import { describe, expect, it } from 'vitest';
import { secretToRecord } from '../../../activities/planning/secret-to-record.js';
import type { InstanceFact, NetworkFacts } from '../../../model/facts/facts.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { anInstance, aSpec } from '../../builders.js';
import { fakeWorld } from '../fake-hosts.js';

/** What becomes of a worker without a secret where EC2 shows this. */
async function madeWhere(seen: { readonly network?: Partial<NetworkFacts>; readonly instances?: InstanceFact[] }) {
  const world = fakeWorld();
  let text: string | undefined;
  const make = (): Promise<void> => {
    text = 'made';
    return Promise.resolve();
  };
  const dependencies = {
    ...world,
    identity: createHostIdentity({ place: '/state/worker-secret', read: () => text, make }),
    ec2Network: { ...world.ec2Network, describeNetwork: () => Promise.resolve({ subnets: [], ...seen.network }) },
    ec2Compute: { ...world.ec2Compute, describeInstances: () => Promise.resolve(seen.instances ?? []) },
  };
  const failure = await secretToRecord(dependencies, aSpec(), {}).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, isMade: text !== undefined };
}

describe('a worker without a secret', () => {
  it('makes one where nothing of the cluster lives, and nothing remembers one', async () => {
    expect(await madeWhere({})).toEqual({ failure: undefined, isMade: true });
    expect(await madeWhere({ network: { vpcId: 'vpc-1' } })).toEqual({ failure: undefined, isMade: true });
  });

  it.each([
    { what: 'a VPC remembers that of another worker', network: { vpcId: 'vpc-1', workerSecret: '0123456789abcdef' } },
    { what: 'an instance lives', instances: [anInstance({ node: 'k8s-master' })] },
    { what: 'an instance is stopped', instances: [anInstance({ node: 'k8s-redis', state: 'stopped' })] },
  ])('makes none where $what', async (seen) => {
    expect(await madeWhere(seen)).toEqual({
      failure: expect.objectContaining({ type: 'WorkerSecretMissing' }),
      isMade: false,
    });
  });
});
