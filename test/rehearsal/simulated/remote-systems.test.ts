import type { Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { parseFault } from '../../../rehearsal/simulated/faults.js';
import { remoteSystems } from '../../../rehearsal/simulated/remote-systems.js';
import { serveSystems } from '../../../rehearsal/simulated/serve-systems.js';
import { createSimulatedSystems, type SimulatedSystems } from '../../../rehearsal/simulated/simulated-systems.js';
import { createWorld, type World } from '../../../rehearsal/simulated/world.js';
import { createFolderArtifacts } from '../../../systems/artifacts/folder-artifacts.js';
import type { RunInstanceRequest } from '../../../systems/ec2/ec2.js';

let folder: string;
let server: Server;
let world: World;
let remote: SimulatedSystems;
let effects: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-remote-'));
  effects = [];
  world = createWorld({
    durations: noDurations,
    faults: [parseFault('ap-northeast-2a: no capacity'), parseFault('k8s-master: init fails once')],
    onEffect: ({ effect }) => effects.push(effect),
  });
  server = await serveSystems({ world, systems: createSimulatedSystems(world, createFolderArtifacts(folder)) });
  const address = server.address();
  remote = remoteSystems(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function aRequest(zone: string): RunInstanceRequest {
  return {
    cluster: 'test',
    node: 'k8s-master',
    generation: 1,
    zone,
    type: 't3.large',
    imageId: 'ami-1',
    subnetId: 'subnet-1',
    securityGroupId: 'sg-1',
    keyPairName: 'key',
    diskGiB: 20,
    userData: '',
  };
}

describe('simulated systems in another process', () => {
  it('do what they would do here, and the same request is one effect', async () => {
    const first = await remote.ec2Compute.runInstance(aRequest('ap-northeast-2c'));
    const second = await remote.ec2Compute.runInstance(aRequest('ap-northeast-2c'));

    expect(second.id).toBe(first.id);
    expect(effects).toEqual(['RunInstances']);
    expect(await remote.ec2Compute.describeInstances({ cluster: 'test' })).toMatchObject([{ node: 'k8s-master' }]);
    expect(await remote.ec2Compute.describeKeyPair({ cluster: 'test' })).toBeUndefined();
  });

  it('fail with the same type and message', async () => {
    await expect(remote.ec2Compute.runInstance(aRequest('ap-northeast-2a'))).rejects.toMatchObject({
      type: 'AwsCapacity',
      message: 'RunInstances: no t3.large in ap-northeast-2a (InsufficientInstanceCapacity) [simulated]',
    });
  });

  it('have a Kubernetes API only once kubeadm init ran, which a fault lets fail once', async () => {
    const { privateAddress: address = '' } = await remote.ec2Compute.runInstance(aRequest('ap-northeast-2c'));
    const host = { cluster: 'test', node: 'k8s-master', address, user: 'ubuntu', hostKeys: ['ssh-ed25519 AAAA'] };
    const target = { ...host, port: 22, key: { env: 'KEY' } };
    const init = () =>
      remote.ansible.runPlaybook({
        playbook: 'init',
        host: target,
        variables: { control_plane_init_documents: [{}, {}] },
      });

    expect(await remote.kubernetesAccess.connect(target, { endpoint: 'api.test' })).toBeUndefined();
    await expect(init()).rejects.toMatchObject({ type: 'KubeadmFailed' });
    await init();
    await init();
    const kubernetes = await remote.kubernetesAccess.connect(target, { endpoint: 'api.test' });
    expect(await kubernetes?.list({ apiVersion: 'v1', kind: 'Node' })).toMatchObject([
      { metadata: { name: 'k8s-master' } },
    ]);
    expect(effects.filter((effect) => effect === 'kubeadm init')).toHaveLength(1);
  });

  it('that are gone are out of reach, not a defect', async () => {
    server.closeAllConnections();
    server.close();
    await expect(remote.ec2Compute.account()).rejects.toMatchObject({ type: 'AwsUnavailable' });
  });
});
