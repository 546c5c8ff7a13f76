import { describe, expect, it } from 'vitest';
import { planNetwork } from '../../../model/plan/plan-network.js';
import { aSpec, wholeNetwork } from '../../builders.js';

const spec = aSpec();
const securityGroup = (fields: object) =>
  planNetwork(spec, { ...wholeNetwork(spec), ...fields }).find(({ step }) => step === 'network/security-group');

describe('the VPC', () => {
  const vpc = (fields: object) =>
    planNetwork(spec, { ...wholeNetwork(spec), ...fields }).find(({ step }) => step === 'network/vpc');

  it('of an earlier build is a change where it may remember the worker secret, and says so', () => {
    expect(vpc({ recordsSecret: true })).toMatchObject({
      op: 'create',
      reason: expect.stringContaining('shall remember the worker secret'),
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
    expect(step).toMatchObject({ op: 'create', reason: 'closes 22 from 0.0.0.0/0' });
  });

  it('has a remark where somebody else let others in', () => {
    expect(securityGroup({ foreignRules: ['9100 from 0.0.0.0/0'] })).toMatchObject({
      op: 'none',
      note: 'somebody else opened 9100 from 0.0.0.0/0',
    });
  });
});
