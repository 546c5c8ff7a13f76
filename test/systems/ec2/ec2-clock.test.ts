import { afterEach, describe, expect, it } from 'vitest';
import { createAwsEc2Compute } from '../../../systems/ec2/aws-ec2-compute.js';
import { createAwsEc2Network } from '../../../systems/ec2/aws-ec2-network.js';
import { startAnsweringEc2, type AnsweringEc2 } from './answering-ec2.js';

describe('followEc2Clock', () => {
  let ec2: AnsweringEc2;
  afterEach(() => ec2.close());

  it('tags a VPC with the time at EC2 when the clock of this machine is years behind', async () => {
    let made = false;
    const vpc = '<vpcId>vpc-1</vpcId>';
    ec2 = await startAnsweringEc2(
      (action) => {
        if (action === 'CreateVpc') {
          made = true;
          return { body: `<CreateVpcResponse><vpc>${vpc}</vpc></CreateVpcResponse>` };
        }
        return {
          body: `<DescribeVpcsResponse><vpcSet>${made ? `<item>${vpc}</item>` : ''}</vpcSet></DescribeVpcsResponse>`,
        };
      },
      () => new Date('2042-05-04T03:02:01Z'),
    );

    await createAwsEc2Network(ec2.clients).createPart('vpc', { cluster: 'a', cidr: '10.0.0.0/16' });

    const create = ec2.forms.find((form) => form.get('Action') === 'CreateVpc');
    const values = [...(create ?? [])].map(([, value]) => value);
    expect(values[values.indexOf('groundswell.dev/created') + 1]).toMatch(/^2042-05-04T03:0/);
  });

  it('is not set back by an answer that was long on its way', async () => {
    const dates = ['2042-01-01T00:01:00Z', '2042-01-01T00:00:10Z'];
    ec2 = await startAnsweringEc2(
      () => ({}),
      () => new Date(dates.shift() ?? ''),
    );
    const compute = createAwsEc2Compute(ec2.clients);

    await compute.describeKeyPair({ cluster: 'a' });
    await compute.describeKeyPair({ cluster: 'a' });

    expect(ec2.clients.now().getTime()).toBeGreaterThanOrEqual(Date.parse('2042-01-01T00:01:00Z'));
  });
});
