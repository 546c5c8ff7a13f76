import { describe, expect, it } from 'vitest';
import { RolloutError } from '../../../model/rollout-error.js';
import { createSimulatedEc2Catalog } from '../../../rehearsal/simulated/ec2/simulated-ec2-catalog.js';
import { aNode, aSpec } from '../../builders.js';
import { failureOf } from '../../failure-of.js';
import { planOf } from './planned-world.js';

describe('makePlan', () => {
  it('reads the manifests of a unit with a Secret once: what it compares is what it plans', async () => {
    const spec = aSpec({ units: [{ name: 'shop', wave: 1, namespace: 'shop', manifests: './shop' }] });
    const metadata = { name: 'db', namespace: 'shop' };
    let readings = 0;
    const render = () => {
      readings += 1;
      return Promise.resolve([
        { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { reading: `no. ${readings}` } },
      ]);
    };

    const { units } = await planOf(spec, { manifests: { render } });

    expect(readings).toBe(1);
    expect(JSON.stringify(units)).not.toContain('no. 1');
  });

  describe('of a spec whose instances cannot be launched', () => {
    const { nodes, ...rest } = aSpec({ workers: 0 });
    const withTypes = (...instanceTypes: readonly string[]) => ({
      ...rest,
      nodes: [...nodes, aNode({ name: 'k8s-a', instanceTypes })],
    });

    it('refuses a type that EC2 does not have, before anything is bought', async () => {
      expect(await failureOf(planOf(withTypes('t3.mircro')))).toMatchObject({
        type: 'SpecInvalid',
        message:
          'node k8s-a: expected an instance type that EC2 has in ap-northeast-2, found t3.mircro; did you mean t3.micro?',
      });
    });

    it('refuses an arm type with an amd64 image, whatever the image is called', async () => {
      const image = { owner: '099720109477', name: 'our-image-*' };

      expect((await failureOf(planOf({ ...withTypes('t4g.small'), image }))).message).toMatch(
        /^node k8s-a: expected a type for x86_64, as image ami-\w+ \(.*\) is, found t4g\.small, which EC2 says is arm64$/,
      );
    });

    it.each(['AwsDenied', 'AwsRefused'] as const)(
      'refuses nothing when it may not ask (%s): unknown is not absent',
      async (type) => {
        const denied = () => Promise.reject(new RolloutError(type, 'DescribeInstanceTypes: UnauthorizedOperation: no'));
        const ec2Catalog = { ...createSimulatedEc2Catalog(), instanceTypes: denied };

        const { plan } = await planOf(withTypes('t3.mircro'), { ec2Catalog });

        expect(plan.steps.find(({ step }) => step === 'node/k8s-master/instance')?.note).toBe(
          'it is unknown whether EC2 has the types and zones of the spec: DescribeInstanceTypes: UnauthorizedOperation: no',
        );
      },
    );

    it('fails as EC2 fails when EC2 is out of reach', async () => {
      const gone = () => Promise.reject(new RolloutError('AwsUnavailable', 'nobody there'));

      expect(
        await failureOf(planOf(withTypes('t3.micro'), { ec2Catalog: { ...createSimulatedEc2Catalog(), zones: gone } })),
      ).toMatchObject({ type: 'AwsUnavailable' });
    });
  });
});
