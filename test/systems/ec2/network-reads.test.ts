import { afterEach, describe, expect, it } from 'vitest';
import { createAwsEc2Network } from '../../../systems/ec2/aws-ec2-network.js';
import { startAnsweringEc2, type AnsweringEc2 } from './answering-ec2.js';

const vpc =
  '<item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><tagSet><item><key>groundswell.dev/created</key><value>2026</value></item></tagSet></item>';

function answer(action: string) {
  return action === 'DescribeVpcs'
    ? { body: `<DescribeVpcsResponse><vpcSet>${vpc}</vpcSet></DescribeVpcsResponse>` }
    : {};
}

describe('describeNetwork at EC2', () => {
  let ec2: AnsweringEc2;
  afterEach(() => ec2.close());

  it('asks for each part twice, not fifty times, when fifty nodes are launched side by side', async () => {
    ec2 = await startAnsweringEc2(answer);
    const network = createAwsEc2Network(ec2.clients);

    const seen = await Promise.all(
      Array.from({ length: 50 }, () => network.describeNetwork({ cluster: 'a', allowedCidrs: ['0.0.0.0/0'] })),
    );

    expect(seen.map(({ vpcId }) => vpcId)).toEqual(Array.from({ length: 50 }, () => 'vpc-1'));
    for (const action of new Set(ec2.actions)) {
      expect
        .soft(
          ec2.actions.filter((each) => each === action),
          action,
        )
        .toHaveLength(2);
    }
  });

  it('does not answer one cluster, or one set of ranges, with what was seen for another', async () => {
    ec2 = await startAnsweringEc2(answer);
    const network = createAwsEc2Network(ec2.clients);

    await Promise.all([
      network.describeNetwork({ cluster: 'a', allowedCidrs: ['0.0.0.0/0'] }),
      network.describeNetwork({ cluster: 'a' }),
      network.describeNetwork({ cluster: 'b' }),
    ]);

    const reads = ec2.forms.filter((form) => form.get('Action') === 'DescribeVpcs');
    expect(reads.map((form) => form.get('Filter.1.Value.1')).sort()).toEqual(['a', 'a', 'b']);
  });

  it('lets one who is given up go, and answers the others', async () => {
    ec2 = await startAnsweringEc2(answer);
    const network = createAwsEc2Network(ec2.clients);
    const attempt = new AbortController();

    const givenUp = network.describeNetwork({ cluster: 'a' }, { signal: attempt.signal });
    const other = network.describeNetwork({ cluster: 'a' });
    attempt.abort(new Error('given up'));

    await expect(givenUp).rejects.toThrow('given up');
    expect((await other).vpcId).toBe('vpc-1');
  });
});
