import { describe, expect, it } from 'vitest';
import { noDurations } from '../../../../rehearsal/simulated/durations.js';
import { createSimulatedSystems } from '../../../../rehearsal/simulated/simulated-systems.js';
import { createWorld } from '../../../../rehearsal/simulated/world.js';
import { createFolderArtifacts } from '../../../../systems/artifacts/folder-artifacts.js';

const owner = { cluster: 'test' };
const zone = 'ap-northeast-2a';

/** A network with one instance in it, and what happens to it. */
async function aCluster() {
  const effects: string[] = [];
  const onEffect = ({ effect }: { readonly effect: string }): void => void effects.push(effect);
  const world = createWorld({ durations: noDurations, faults: [], onEffect });
  // nothing here runs a playbook, which would write its log
  const { ec2Network, ec2Compute } = createSimulatedSystems(world, createFolderArtifacts('/nonexistent'));
  const vpcId = await ec2Network.createPart('vpc', { ...owner, cidr: '10.0.0.0/16' });
  const subnetId = await ec2Network.createPart('subnet', { ...owner, vpcId, zone, cidr: '10.0.0.0/24' });
  const securityGroupId = await ec2Network.createPart('security-group', { ...owner, vpcId, allowedCidrs: [] });
  const keyPairName = await ec2Compute.importKeyPair({ ...owner, publicKey: 'ssh-ed25519 AAAA' });
  const { id } = await ec2Compute.runInstance({
    ...{ ...owner, node: 'k8s-redis', generation: 1, zone, type: 't3.micro', imageId: 'ami-1', subnetId },
    ...{ securityGroupId, keyPairName, diskGiB: 20, userData: '' },
  });
  effects.length = 0;
  return { ec2Network, ec2Compute, effects, vpcId, subnetId, instanceId: id };
}

describe('createSimulatedRemoval', () => {
  it('refuses what is in use, as EC2 does, and names what uses it', async () => {
    const { ec2Network, subnetId, vpcId, instanceId } = await aCluster();

    await expect(ec2Network.deletePart('subnet', { ...owner, zone })).rejects.toMatchObject({
      type: 'AwsInUse',
      message: `subnet ${subnetId}: expected nothing to use it, found instance ${instanceId} (test-k8s-redis)`,
    });
    await expect(ec2Network.deletePart('vpc', owner)).rejects.toThrow(`vpc ${vpcId}: expected nothing to use it`);
  });

  it('deletes all that there is once, of subnets those of one zone, until nothing is left', async () => {
    const { ec2Network, ec2Compute, effects, instanceId } = await aCluster();
    await ec2Compute.terminateInstance({ ...owner, id: instanceId });
    expect(await ec2Network.deletePart('subnet', { ...owner, zone: 'ap-northeast-2c' })).toBe(false);

    for (const outcome of [true, false]) {
      expect(await ec2Network.deletePart('subnet', { ...owner, zone })).toBe(outcome);
      expect(await ec2Network.deletePart('security-group', owner)).toBe(outcome);
      expect(await ec2Network.deletePart('vpc', owner)).toBe(outcome);
      expect(await ec2Network.deletePart('key-pair', owner)).toBe(outcome);
    }

    const deletions = ['DeleteSubnet', 'DeleteSecurityGroup', 'DeleteVpc', 'DeleteKeyPair'];
    expect(effects).toEqual(['TerminateInstances', ...deletions]);
    expect(await ec2Network.describeResidue(owner)).toEqual([]);
  });

  it('names as residue what is left, of each kind', async () => {
    const { ec2Network } = await aCluster();

    const residue = await ec2Network.describeResidue(owner);

    expect(residue.map(({ kind }) => kind)).toEqual(['instance', 'vpc', 'subnet', 'security-group', 'key-pair']);
    expect(residue.every(({ ours }) => ours)).toBe(true);
  });
});
