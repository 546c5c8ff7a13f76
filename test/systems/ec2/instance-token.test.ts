import { describe, expect, it } from 'vitest';
import { instanceToken } from '../../../systems/ec2/instance-token.js';

const launch = {
  cluster: 'ecoeco',
  node: 'k8s-redis',
  generation: 1,
  zone: 'ap-northeast-2a',
  type: 't3.micro',
  subnetId: 'subnet-0a',
};

describe('instanceToken', () => {
  it('is ASCII and as short as EC2 wants it', () => {
    expect(instanceToken(launch)).toMatch(/^[a-z0-9-]{20,64}$/);
  });

  it('never changes, as a changed one buys a second machine', () => {
    expect(instanceToken(launch)).toBe('groundswell-7b0c8e712135f38f82df33ce9a4abc8aa964be8841ba3e996e');
    expect(instanceToken({ ...launch })).toBe(instanceToken(launch));
  });

  it.each([
    { cluster: 'other' },
    { node: 'k8s-rabbitmq' },
    { generation: 2 },
    { zone: 'ap-northeast-2c' },
    { type: 't3.small' },
    { subnetId: 'subnet-0b' },
  ])('is another one for another %o', (change) => {
    expect(instanceToken({ ...launch, ...change })).not.toBe(instanceToken(launch));
  });

  it('is the same whatever image, disk or user-data: EC2 then refuses and buys nothing', () => {
    const request = { ...launch, imageId: 'ami-1', diskGiB: 20, userData: 'a' };

    expect(instanceToken(request)).toBe(instanceToken(launch));
  });
});
