import { afterEach, describe, expect, it } from 'vitest';
import { createAwsEc2Compute } from '../../../systems/ec2/aws-ec2-compute.js';
import { startAnsweringEc2, type AnsweringEc2 } from './answering-ec2.js';

const image =
  '<item><imageId>ami-1</imageId><name>debian-12</name><imageOwnerId>136693071363</imageOwnerId><creationDate>2026</creationDate></item>';

describe('readAll', () => {
  let ec2: AnsweringEc2;
  afterEach(() => ec2.close());

  it('finds the image that stands on the third page, after two empty ones with a token', async () => {
    ec2 = await startAnsweringEc2((action, form) => {
      const page = Number(form.get('NextToken') ?? 0);
      const content = page < 2 ? `<imagesSet/><nextToken>${page + 1}</nextToken>` : `<imagesSet>${image}</imagesSet>`;
      return { body: `<${action}Response>${content}</${action}Response>` };
    });

    const found = createAwsEc2Compute(ec2.clients).resolveImage({ owner: '136693071363', name: 'debian-*' });

    expect(await found).toEqual({ id: 'ami-1', name: 'debian-12' });
  });

  it('begins anew when a page is refused for its rate', async () => {
    let refusals = 0;
    ec2 = await startAnsweringEc2((action, form) => {
      if (form.get('NextToken') === null) {
        return {
          body: `<${action}Response><imagesSet>${image}</imagesSet><nextToken>2</nextToken></${action}Response>`,
        };
      }
      // as often as the SDK asks by itself
      if ((refusals += 1) <= 3) {
        const error = '<Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error>';
        return { status: 503, body: `<Response><Errors>${error}</Errors></Response>` };
      }
      return { body: `<${action}Response><imagesSet/></${action}Response>` };
    });

    const found = createAwsEc2Compute(ec2.clients).resolveImage({ ami: 'ami-1' });

    expect(await found).toEqual({ id: 'ami-1', name: 'debian-12' });
    expect(ec2.forms.filter((form) => form.get('NextToken') === null)).toHaveLength(2);
  });
});
