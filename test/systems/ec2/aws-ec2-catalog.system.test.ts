import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asUnkindAsAws } from '../../../rehearsal/ec2-emulator/unkindness.js';
import { createAwsEc2Catalog } from '../../../systems/ec2/aws-ec2-catalog.js';
import { createAwsEc2Compute } from '../../../systems/ec2/aws-ec2-compute.js';
import type { Ec2Catalog } from '../../../systems/ec2/ec2.js';
import {
  motoServer,
  motoSkipped,
  startEmulatedEc2,
  type EmulatedEc2,
} from '../../rehearsal/ec2-emulator/emulated-ec2.js';

const region = 'ap-northeast-2';

describe.skipIf(motoServer === undefined)(`the catalogue of EC2${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let catalog: Ec2Catalog;
  beforeAll(async () => {
    ec2 = await startEmulatedEc2(asUnkindAsAws());
    catalog = createAwsEc2Catalog(ec2.clients);
  });
  afterAll(() => ec2.close());

  it('describes the types that the region has, with the zones that offer them, also past an empty first page', async () => {
    const found = await catalog.instanceTypes({ region, names: ['t3.micro', 't3.mircro', 't4g.small'] });

    expect(found.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      {
        ...{ name: 't3.micro', architectures: ['x86_64'], vcpus: 2, memoryMiB: 1_024 },
        zones: expect.arrayContaining(['ap-northeast-2a', 'ap-northeast-2c']),
      },
      expect.objectContaining({ name: 't4g.small', architectures: ['arm64'] }),
    ]);
  });

  it('asks for as many types as a spec may name', async () => {
    const names = Array.from({ length: 450 }, (_, index) => `x9.${index}large`);

    expect((await catalog.instanceTypes({ region, names: [...names, 't3.micro'] })).map(({ name }) => name)).toEqual([
      't3.micro',
    ]);
    expect(await catalog.instanceTypes({ region, names: [] })).toEqual([]);
  });

  it('knows the names of all types of the region, and its zones', async () => {
    expect(await catalog.instanceTypeNames({ region })).toEqual(expect.arrayContaining(['t3.micro', 'm7i.large']));
    expect(await catalog.zones({ region })).toEqual(expect.arrayContaining(['ap-northeast-2a', 'ap-northeast-2c']));
  });

  it('comes with an image that says for which processor it is', async () => {
    const image = { owner: '136693071363', name: 'debian-12-amd64-*' };

    expect(await createAwsEc2Compute(ec2.clients).resolveImage(image)).toMatchObject({ architecture: 'x86_64' });
  });
});
