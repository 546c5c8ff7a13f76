import { describe, expect, it } from 'vitest';
import { takeOrLaunch } from '../../../model/host/take-or-launch.js';
import type { InstanceFact } from '../../../model/facts/facts.js';
import { aNode } from '../../builders.js';

const node = aNode({
  name: 'k8s-redis',
  instanceTypes: ['t3.micro', 't3a.micro'],
  zones: ['ap-northeast-2a', 'ap-northeast-2c'],
});

function anInstance(fields: Partial<InstanceFact> = {}): InstanceFact {
  return {
    node: 'k8s-redis',
    generation: 1,
    id: 'i-1',
    state: 'running',
    zone: 'ap-northeast-2a',
    type: 't3.micro',
    imageId: 'ami-1',
    ...fields,
  };
}

function decide(instances: readonly InstanceFact[], generation = 1) {
  return takeOrLaunch({ node, generation, instances });
}

const noCapacityReason = { code: 'Server.InsufficientInstanceCapacity', message: 'no capacity' };

describe('decideInstance', () => {
  it('launches at every type in order of preference, each with all zones in their order', () => {
    expect(decide([anInstance({ node: 'k8s-rabbitmq' })])).toEqual({
      launch: [
        { type: 't3.micro', zone: 'ap-northeast-2a' },
        { type: 't3.micro', zone: 'ap-northeast-2c' },
        { type: 't3a.micro', zone: 'ap-northeast-2a' },
        { type: 't3a.micro', zone: 'ap-northeast-2c' },
      ],
    });
  });

  it.each(['pending', 'running'] as const)('takes the instance of the generation when it is %s', (state) => {
    const instance = anInstance({ state });

    expect(decide([instance])).toEqual({ use: instance });
  });

  it('takes a later generation that lives: a used token may have made it', () => {
    const later = anInstance({ generation: 2 });
    expect(decide([later])).toEqual({ use: later });
    expect(() => decide([anInstance()], 2)).toThrow('found i-1 of generation 1');
  });

  it('leaves out where a launch of this generation ended for lack of capacity', () => {
    const ended = anInstance({ state: 'terminated', stateReason: noCapacityReason });

    expect(decide([ended])).toMatchObject({ launch: [{ type: 't3.micro', zone: 'ap-northeast-2c' }, {}, {}] });
  });

  it('launches a later generation whatever became of an earlier one', () => {
    expect(decide([anInstance({ state: 'terminated' })], 2)).toMatchObject({ launch: [{}, {}, {}, {}] });
  });

  it.each([
    ['InstanceGone', 'i-1 is stopped; start it', [anInstance({ state: 'stopped' })]],
    ['InstanceGone', 'i-1 of generation 1 is terminated', [anInstance({ state: 'terminated' })]],
    [
      'AwsQuota',
      'volume limit',
      [
        anInstance({
          state: 'terminated',
          stateReason: { code: 'Client.VolumeLimitExceeded', message: 'volume limit' },
        }),
      ],
    ],
    ['PlanStale', 'found i-1 of generation 1 and i-2 of generation 1', [anInstance(), anInstance({ id: 'i-2' })]],
    [
      'AwsCapacity',
      't3.micro in ap-northeast-2a, t3.micro in ap-northeast-2c',
      node.instanceTypes.flatMap((type) =>
        node.zones.map((zone) => anInstance({ type, zone, state: 'terminated', stateReason: noCapacityReason })),
      ),
    ],
  ])('fails with %s, saying: %s', (type, words, instances) => {
    expect(() => decide(instances)).toThrow(expect.objectContaining({ type, message: expect.stringContaining(words) }));
  });
});
