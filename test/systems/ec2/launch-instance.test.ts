import { describe, expect, it } from 'vitest';
import { launchInput } from '../../../systems/ec2/launch-instance.js';

const launch = {
  cluster: 'ecoeco',
  node: 'k8s-redis',
  generation: 2,
  zone: 'ap-northeast-2a',
  type: 't3.micro',
  imageId: 'ami-0a',
  subnetId: 'subnet-0a',
  securityGroupId: 'sg-0a',
  keyPairName: 'groundswell-ecoeco',
  diskGiB: 30,
  userData: '#cloud-config\n',
  rootDevice: '/dev/xvda',
};

describe('launchInput', () => {
  it('is the same to the byte each time', () => {
    expect(JSON.stringify(launchInput(launch))).toBe(JSON.stringify(launchInput({ ...launch })));
  });

  it('asks for one instance, with metadata by session tokens only and out of reach of pods', () => {
    expect(launchInput(launch)).toMatchObject({
      MinCount: 1,
      MaxCount: 1,
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    });
  });

  it('asks for an encrypted gp3 root volume that goes with the instance', () => {
    expect(launchInput(launch).BlockDeviceMappings).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: { VolumeSize: 30, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ]);
  });

  it('tags instance, volume and network interface at creation', () => {
    const specifications = launchInput(launch).TagSpecifications ?? [];

    expect(specifications.map(({ ResourceType }) => ResourceType)).toEqual(['instance', 'volume', 'network-interface']);
    for (const { Tags } of specifications) {
      expect(Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual({
        'groundswell.dev/cluster': 'ecoeco',
        'groundswell.dev/node': 'k8s-redis',
        'groundswell.dev/generation': '2',
        'groundswell.dev/disk-gib': '30',
        'groundswell.dev/managed-by': 'groundswell',
        'kubernetes.io/cluster/ecoeco': 'owned',
        Name: 'ecoeco-k8s-redis',
      });
    }
  });

  it('fails with AwsRefused for what cannot be a type', () => {
    expect(() => launchInput({ ...launch, type: 'huge' })).toThrow(expect.objectContaining({ type: 'AwsRefused' }));
  });
});
