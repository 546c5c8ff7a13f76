import { describe, expect, it } from 'vitest';
import { createSimulatedEc2Catalog } from '../../../../rehearsal/simulated/ec2/simulated-ec2-catalog.js';

const region = 'eu-west-1';

describe('createSimulatedEc2Catalog', () => {
  it('has every type whose name has the form of one, and no typing slip', async () => {
    const names = ['t3.micro', 'm5.24xlarge', 'u-6tb1.metal', 'c7gn.medium', 't3.mircro', 'small', 't3.'];
    const found = await createSimulatedEc2Catalog().instanceTypes({ region, names });

    expect(found.map(({ name, architectures, memoryMiB }) => [name, ...architectures, memoryMiB])).toEqual([
      ['t3.micro', 'x86_64', 1_024],
      ['m5.24xlarge', 'x86_64', 393_216],
      ['u-6tb1.metal', 'x86_64', 393_216],
      ['c7gn.medium', 'arm64', 4_096],
    ]);
  });

  it('offers them in the zones of the region that is asked for', async () => {
    expect(await createSimulatedEc2Catalog().zones({ region })).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
      'eu-west-1d',
    ]);
  });
});
