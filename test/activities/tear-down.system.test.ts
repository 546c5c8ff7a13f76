import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DeleteVolumeCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { MockActivityEnvironment } from '@temporalio/testing';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTearDownActivities } from '../../activities/tear-down.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import type { PlannedNode } from '../../model/plan/plan.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { NetworkPart } from '../../model/steps.js';
import { asUnkindAsAws } from '../../rehearsal/ec2-emulator/unkindness.js';
import { ownershipTags } from '../../systems/ec2/ownership-tags.js';
import { readAll } from '../../systems/ec2/read-pages.js';
import { runProcess } from '../../systems/process.js';
import { publicKeyOf } from '../../systems/ssh/public-key.js';
import { aNode, aSpec } from '../builders.js';
import { accessKey, createEc2Activities } from './ec2-activities.js';
import { makeLookAlikes } from './tear-down/look-alikes.js';
import { strikeCalls } from './tear-down/struck-clients.js';
import { motoServer, motoSkipped, startEmulatedEc2, type EmulatedEc2 } from '../rehearsal/ec2-emulator/emulated-ec2.js';

type Activities = ReturnType<typeof createEc2Activities>;

const zones = ['ap-northeast-2a', 'ap-northeast-2c'] as const;
const nodes: readonly PlannedNode[] = [
  { name: 'k8s-master', role: 'control-plane', generation: 1, op: 'create', data: [] },
  { name: 'k8s-redis', role: 'worker', generation: 1, op: 'create', data: [] },
];
/** In the order in which nothing stands in the way of the next one. */
const parts: readonly NetworkPart[] = [
  'security-group',
  'route-table',
  'subnet-ap-northeast-2a',
  'subnet-ap-northeast-2c',
  'internet-gateway',
  'vpc',
  'key-pair',
];

function specOf(cluster: string): ClusterSpec {
  const spec = aSpec();
  const subnets = zones.map((zone, index) => ({ zone, cidr: `198.18.78.${String(index * 64)}/26` }));
  return {
    ...spec,
    cluster,
    network: { ...spec.network, vpcCidr: '198.18.78.0/24', subnets },
    image: { owner: '136693071363', name: 'debian-12-amd64-*' },
    nodes: nodes.map(({ name, role }) => aNode({ name, role, zones: [...zones] })),
  };
}

describe.skipIf(motoServer === undefined)(`tearing down at EC2${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let activities: Activities;
  let plan: PlanReference;
  let tests = 0;

  beforeAll(async () => {
    ec2 = await startEmulatedEc2(asUnkindAsAws());
  });
  afterAll(() => ec2.close());
  beforeEach(async () => {
    await ec2.forget();
    activities = createEc2Activities(ec2);
    tests += 1;
    const spec = specOf(`gone-${String(tests)}`);
    const { artifacts, ec2Compute } = activities.dependencies;
    const image = await ec2Compute.resolveImage(spec.image);
    const body = { plan: { image, steps: [] }, spec, units: [] };
    plan = { cluster: spec.cluster, digest: 'd', artifact: await artifacts.put(JSON.stringify(body)) };
  });

  function inActivity<T>(act: () => Promise<T>): Promise<T> {
    return new MockActivityEnvironment({ workflowExecution: { workflowId: 'w', runId: 'run-1' } }).run(act);
  }
  async function makeNetwork(): Promise<string> {
    const { id } = await inActivity(() => activities.ensureVpc({ plan }));
    await inActivity(() => activities.ensureKeyPair({ plan }));
    await inActivity(() => activities.ensureInternetGateway({ plan }));
    await inActivity(() => activities.ensureSecurityGroup({ plan }));
    for (const zone of zones) await inActivity(() => activities.ensureSubnet({ plan, zone }));
    await inActivity(() => activities.ensureRouteTable({ plan }));
    return id;
  }
  const makeHost = (node: PlannedNode) => inActivity(() => activities.ensureInstance({ plan, node }));
  /** Everything in order, as the workflow does it; whether each changed something. */
  async function tearDown(by: Activities = activities): Promise<readonly boolean[]> {
    const done: boolean[] = [];
    for (const node of nodes) done.push((await inActivity(() => by.endHost({ plan, node }))).changed);
    for (const part of parts) done.push((await inActivity(() => by.removeNetworkPart({ plan, part }))).changed);
    expect(await inActivity(() => by.findResidue({ plan }))).toEqual({ changed: false, residue: [] });
    return done;
  }
  /** As a program that shares nothing with ours sees it. */
  async function leftAtEc2(vpcId: string): Promise<unknown> {
    const python = join(dirname(motoServer ?? ''), 'python');
    const script = join(import.meta.dirname, 'tear-down', 'left-at-ec2.py');
    const { stdout, problem } = await runProcess(python, [script, ec2.emulator.endpoint, plan.cluster, vpcId]);
    expect(problem).toBe('');
    return JSON.parse(stdout);
  }
  /** Waits for what EC2 shows, or knows, only after a while. */
  function shows<T>(look: () => Promise<T>): Promise<T> {
    return vi.waitFor(look, { timeout: 120_000, interval: 50 });
  }
  const client = () => ec2.clients.repeating;
  /** The same activities, which give up after a few looks. */
  const impatient = () => createTearDownActivities(activities.dependencies, { everyMs: 50, deadlineMs: 1_000 });
  const remove = (part: NetworkPart, by = impatient()) => inActivity(() => by.removeNetworkPart({ plan, part }));

  it('leaves nothing, interrupted before and after each call that changes something, and nothing of anybody else changes', async () => {
    const { cluster } = plan;
    const theirs = await makeLookAlikes(ec2.clients, { cluster, publicKey: publicKeyOf(accessKey) });
    const vpcId = await makeNetwork();
    for (const node of nodes) await makeHost(node);
    await shows(async () => {
      const { ec2Network } = activities.dependencies;
      const kinds = (await ec2Network.describeResidue({ cluster })).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'instance' || kind === 'subnet')).toHaveLength(4);
    });
    await shows(async () => {
      const seen = await theirs.describe();
      expect(theirs.ids.filter((id) => !seen.includes(id))).toEqual([]);
    });
    const before = await theirs.describe();
    const made = await ec2.ledger();

    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const endpoint = ec2.emulator.endpoint;
    const { clients, struck } = strikeCalls({ region: 'ap-northeast-2', endpoint, credentials });
    for (let runs = 1, failed = true; failed; runs += 1) {
      const strikes = struck.length;
      // another worker each time: nothing is remembered
      const run = tearDown(createEc2Activities({ clients, dir: ec2.dir }));
      failed = await run.then(
        () => false,
        (error: unknown) => {
          expect(struck.length, String(error)).toBe(strikes + 1);
          return true;
        },
      );
    }

    expect(await leftAtEc2(vpcId)).toEqual([]);
    expect(await theirs.describe()).toBe(before);
    const deleted = (await ec2.ledger()).slice(made.length).map(({ effect }) => effect);
    expect(deleted.toSorted()).toEqual([
      'DeleteInternetGateway',
      'DeleteKeyPair',
      'DeleteRouteTable',
      'DeleteSecurityGroup',
      'DeleteSubnet',
      'DeleteSubnet',
      'DeleteVpc',
      'DetachInternetGateway',
      'DisassociateRouteTable',
      'DisassociateRouteTable',
      'TerminateInstances',
      'TerminateInstances',
    ]);
    expect(struck.filter((call) => call.startsWith('before'))).toHaveLength(deleted.length);
    expect(struck.filter((call) => call.startsWith('after'))).toHaveLength(deleted.length);
    expect(ec2.hostEvents.filter((event) => event.startsWith('terminate'))).toHaveLength(nodes.length);

    const ledger = await ec2.ledger();
    const again = await tearDown();
    expect(again.filter((changed) => changed)).toEqual([]);
    expect(await ec2.ledger()).toEqual(ledger);
  });

  it('says what it changed, and goes on where each answer is lost', async () => {
    await makeNetwork();
    for (const node of nodes) await makeHost(node);
    for (const action of ['TerminateInstances', 'DeleteSecurityGroup', 'DeleteSubnet', 'DeleteVpc', 'DeleteKeyPair']) {
      ec2.faults.loseAnswer(action, 1);
    }

    const changed = await tearDown();

    expect(changed.slice(0, 2)).toEqual([true, true]);
    expect(changed.slice(3, 7).includes(true)).toBe(true);
  });

  it('makes a cluster anew after it is gone', async () => {
    await makeNetwork();
    await tearDown();

    await makeNetwork();

    expect((await makeHost({ name: 'k8s-redis', role: 'worker', generation: 1, op: 'create', data: [] })).changed).toBe(
      true,
    );
    await tearDown();
  });

  it('ends the instances of every generation, and deletes a part that is there twice', async () => {
    const { cluster } = plan;
    await makeNetwork();
    const [, redis] = nodes;
    if (redis === undefined) throw new Error('there is a worker');
    await makeHost(redis);
    // a worker that was cut off made them, and never heard of it
    const { ec2Compute, ec2Network } = activities.dependencies;
    const { subnets, securityGroupId = '', keyPairName = '' } = await ec2Network.describeNetwork({ cluster });
    const [{ id: subnetId, zone } = { id: '', zone: '' }] = subnets;
    const image = await ec2Compute.resolveImage(specOf(cluster).image);
    await ec2Compute.runInstance({
      ...{ cluster, node: redis.name, generation: 2, zone, type: 't3.micro', imageId: image.id, subnetId },
      ...{ securityGroupId, keyPairName, diskGiB: 20, userData: '#cloud-config\n' },
    });
    const second = { ResourceType: 'vpc' as const, Tags: ownershipTags({ cluster }, cluster) };
    await client().send(new CreateVpcCommand({ CidrBlock: '198.18.79.0/24', TagSpecifications: [second] }));
    await shows(async () => {
      expect(await ec2Compute.describeInstances({ cluster })).toHaveLength(2);
      expect(await readAll.vpcs(ec2.clients, [{ Name: `tag:Name`, Values: [cluster] }])).toHaveLength(2);
    });

    await tearDown();

    const effects = (await ec2.ledger()).map(({ effect }) => effect);
    expect(effects.filter((effect) => effect === 'TerminateInstances')).toHaveLength(2);
    expect(effects.filter((effect) => effect === 'DeleteVpc')).toHaveLength(2);
  });

  it('names what stands in the way, deletes none of it, and goes on when it is gone', async () => {
    const { cluster } = plan;
    const vpcId = await makeNetwork();
    const { ec2Compute, ec2Network } = activities.dependencies;
    const { subnets, securityGroupId = '' } = await ec2Network.describeNetwork({ cluster });
    const [{ id: SubnetId } = { id: '' }] = subnets;
    const { id: ImageId } = await ec2Compute.resolveImage(specOf(cluster).image);
    const Tags = [{ Key: 'Name', Value: 'bastion' }];
    const launch = { MinCount: 1, MaxCount: 1, ImageId, SubnetId, InstanceType: 't3.micro' as const };
    const TagSpecifications = [{ ResourceType: 'instance' as const, Tags }];
    const { Instances } = await shows(() =>
      client().send(new RunInstancesCommand({ ...launch, SecurityGroupIds: [securityGroupId], TagSpecifications })),
    );
    const bastion = Instances?.[0]?.InstanceId ?? '';
    const { NetworkInterface } = await shows(() =>
      client().send(
        new CreateNetworkInterfaceCommand({ SubnetId, Groups: [securityGroupId], Description: 'ELB app/web/1' }),
      ),
    );
    const elb = NetworkInterface?.NetworkInterfaceId ?? '';
    const group = { GroupName: 'theirs', Description: 'theirs', VpcId: vpcId };
    const { GroupId = '' } = await shows(() => client().send(new CreateSecurityGroupCommand(group)));
    const rule = { GroupId, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: securityGroupId }] }] };
    await shows(() => client().send(new AuthorizeSecurityGroupIngressCommand(rule)));

    const inSubnet = `instance ${bastion} (bastion), network interface ${elb} (ELB app/web/1)`;
    await expect(remove(`subnet-${zones[0]}`)).rejects.toMatchObject({
      type: 'AwsInUse',
      message: `subnet ${SubnetId}: expected nothing to use it, found ${inSubnet}`,
    });
    await expect(remove('security-group')).rejects.toMatchObject({
      type: 'AwsInUse',
      message: `security group ${securityGroupId}: expected nothing to use it, found ${inSubnet}, a rule of security group ${GroupId} (theirs)`,
    });
    await expect(remove('internet-gateway')).rejects.toThrow(
      new RegExp(`found instance ${bastion} \\(bastion\\) with the public address [\\d.]+$`),
    );
    await expect(remove('vpc')).rejects.toThrow(`security group ${GroupId} (theirs), somebody else's, in its VPC`);
    const effects = (await ec2.ledger()).map(({ effect }) => effect);
    expect(effects.filter((effect) => /^(De|Dis|Terminate)/.test(String(effect)))).toEqual([]);

    await shows(() => client().send(new TerminateInstancesCommand({ InstanceIds: [bastion] })));
    await shows(() => client().send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: elb })));
    await shows(() => client().send(new DeleteSecurityGroupCommand({ GroupId })));
    await tearDown();
    expect(await leftAtEc2(vpcId)).toEqual([]);
  });

  it('leaves a key pair and a VPC alone that have our names and not our tags', async () => {
    const { cluster } = plan;
    const PublicKeyMaterial = Buffer.from(publicKeyOf(accessKey));
    await client().send(new ImportKeyPairCommand({ KeyName: `groundswell-${cluster}`, PublicKeyMaterial }));
    const named = { ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: cluster }] };
    await client().send(new CreateVpcCommand({ CidrBlock: '198.18.78.0/24', TagSpecifications: [named] }));
    const ledger = await ec2.ledger();

    expect((await tearDown()).filter((changed) => changed)).toEqual([]);

    expect(await ec2.ledger()).toEqual(ledger);
  });

  it('says what of ours is left, and names what Kubernetes made without taking it for ours', async () => {
    const { cluster } = plan;
    const volume = (Tags: Tag[]): CreateVolumeCommand =>
      new CreateVolumeCommand({
        ...{ AvailabilityZone: zones[0], Size: 1 },
        TagSpecifications: [{ ResourceType: 'volume', Tags }],
      });
    const claim = { Key: 'Name', Value: 'pvc-1' };
    const { VolumeId: ofKubernetes = '' } = await client().send(
      volume([claim, { Key: `kubernetes.io/cluster/${cluster}`, Value: 'owned' }]),
    );
    const { VolumeId: ours = '' } = await client().send(volume(ownershipTags({ cluster }, `${cluster}-k8s-redis`)));
    const findResidue = () => inActivity(() => impatient().findResidue({ plan }));

    await expect(findResidue()).rejects.toMatchObject({
      type: 'ResidueLeft',
      message: `cluster ${cluster}: expected nothing with its tags to be left, found volume ${ours} (${cluster}-k8s-redis), available`,
    });

    await client().send(new DeleteVolumeCommand({ VolumeId: ours }));
    const note = 'made by Kubernetes for this cluster: available';
    const left = { kind: 'volume', id: ofKubernetes, name: 'pvc-1', foundBy: 'tag', ours: false, note };
    expect(await findResidue()).toEqual({ changed: false, residue: [left] });
  });

  it('does not count the lock that this run holds, and counts that of another one', async () => {
    const { cluster } = plan;
    const { ec2Lock } = activities.dependencies;
    const holder = { namespaceId: 'n', place: 'here', by: 'kim', runId: 'run-1' };
    const findResidue = () => inActivity(() => impatient().findResidue({ plan }));
    const id = await ec2Lock.createLock({ cluster, holder });
    expect(await findResidue()).toEqual({ changed: false, residue: [] });

    await ec2Lock.deleteLock({ cluster, id: id ?? '' });
    const other = await ec2Lock.createLock({ cluster, holder: { ...holder, runId: 'run-2' } });

    await expect(findResidue()).rejects.toThrow(`launch template ${other ?? ''} (groundswell-${cluster}-lock)`);
  });
});
