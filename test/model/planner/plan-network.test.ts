import { describe, expect, it } from 'vitest';
import type { NetworkFacts } from '../../../model/facts/facts.js';
import { planNetwork } from '../../../model/planner/plan-network.js';
import { networkStep, type NetworkPart } from '../../../model/steps.js';
import { aSpec, wholeNetwork } from '../../builders.js';

const spec = aSpec();
const stepOf = (facts: NetworkFacts, part: NetworkPart) =>
  planNetwork(spec, facts).find(({ step }) => step === networkStep(part));
const securityGroup = (fields: object) =>
  planNetwork(spec, { ...wholeNetwork(spec), ...fields }).find(({ step }) => step === 'network/security-group');

describe('the VPC', () => {
  const vpc = (fields: object) =>
    planNetwork(spec, { ...wholeNetwork(spec), ...fields }).find(({ step }) => step === 'network/vpc');

  it('of an earlier build is a change where it may remember the worker secret, and says so', () => {
    expect(vpc({ recordsSecret: true })).toMatchObject({
      op: 'change',
      reason: expect.stringContaining('will record the fingerprint of the worker secret'),
    });
  });

  it('is left as it is where nothing proves the secret, or where it is remembered', () => {
    expect(vpc({})).toMatchObject({ op: 'none' });
    expect(vpc({ workerSecret: '0123456789abcdef' })).toMatchObject({ op: 'none' });
  });
});

describe('the security group', () => {
  it('is a change where a rule of ours lets in more than the spec, and says what is closed', () => {
    const { securityGroupId: _, ...rest } = wholeNetwork(spec);
    const step = planNetwork(spec, { ...rest, surplusRules: ['22 from 0.0.0.0/0'] }).find(
      (each) => each.step === 'network/security-group',
    );
    expect(step).toMatchObject({ op: 'change', reason: 'it has rules that the spec does not want: 22 from 0.0.0.0/0' });
  });

  it('is a change where it lacks a rule, and is not said to be missing', () => {
    const { securityGroupId: _, ...rest } = wholeNetwork(spec);
    const facts = { ...rest, halfMade: ['security-group'] as const };

    expect(stepOf(facts, 'security-group')).toMatchObject({ op: 'change', reason: 'a rule of it is missing' });
    expect(stepOf({ ...facts, surplusRules: ['22 from 0.0.0.0/0'] }, 'security-group')).toMatchObject({
      op: 'change',
      reason: 'a rule of it is missing; it has rules that the spec does not want: 22 from 0.0.0.0/0',
    });
    expect(stepOf(rest, 'security-group')).toMatchObject({ op: 'create', reason: 'none with our tags' });
  });

  it('has a remark where somebody else let others in', () => {
    expect(securityGroup({ foreignRules: ['9100 from 0.0.0.0/0'] })).toMatchObject({
      op: 'none',
      note: 'somebody else opened 9100 from 0.0.0.0/0',
    });
  });
});

describe('a part of the network that exists and is not whole', () => {
  it.each([
    ['internet-gateway', 'internetGatewayId', 'it is not attached yet'],
    ['route-table', 'routeTableId', 'a route or a subnet of it is missing'],
  ] as const)('is changed, not made: %s', (part, id, reason) => {
    const { [id]: _, ...rest } = wholeNetwork(spec);

    expect(stepOf({ ...rest, halfMade: [part] }, part)).toMatchObject({ op: 'change', reason });
    expect(stepOf(rest, part)).toMatchObject({ op: 'create' });
  });

  it('is a subnet without public addresses, and the routes that it needs', () => {
    const facts = { ...wholeNetwork(spec), subnets: [], halfMade: ['subnet-ap-northeast-2a'] as const };

    expect(stepOf(facts, 'subnet-ap-northeast-2a')).toMatchObject({
      op: 'change',
      reason: 'it gives no public addresses yet',
    });
  });
});
