import { MockActivityEnvironment } from '@temporalio/testing';
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EnsuredInstance } from '../../activities/instances.js';
import type { PlanBody, PlannedNode } from '../../model/plan/plan.js';
import type { ClusterSpec, NodeSpec } from '../../model/spec/spec.js';
import { asUnkindAsAws } from '../../rehearsal/ec2-emulator/unkindness.js';
import { ownedBy } from '../../systems/ec2/ownership-tags.js';
import { readAll } from '../../systems/ec2/read-pages.js';
import { publicKeyOf } from '../../systems/ssh/public-key.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import { aNode, aSpec } from '../builders.js';
import { accessKey, createEc2Activities } from './ec2-activities.js';
import { motoServer, motoSkipped, startEmulatedEc2, type EmulatedEc2 } from '../rehearsal/ec2-emulator/emulated-ec2.js';

const zones = ['ap-northeast-2a', 'ap-northeast-2c'] as const;

function theSpec(): ClusterSpec {
  const spec = aSpec();
  return {
    ...spec,
    network: {
      ...spec.network,
      vpcCidr: '198.18.78.0/24',
      subnets: [
        { zone: zones[0], cidr: '198.18.78.0/26' },
        { zone: zones[1], cidr: '198.18.78.64/26' },
      ],
    },
    access: { ...spec.access, address: 'private' },
    image: { owner: '136693071363', name: 'debian-12-amd64-*' },
    nodes: [aNode({ name: 'k8s-redis', instanceTypes: ['t3.micro', 't3.small'], zones: [...zones] })],
  };
}

describe.skipIf(motoServer === undefined)(`activities at EC2${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let activities: ReturnType<typeof createEc2Activities>;
  let plan: PlanReference;
  const redis: PlannedNode = { name: 'k8s-redis', role: 'worker', generation: 1, op: 'create', data: [] };

  let tests = 0;

  beforeAll(async () => {
    ec2 = await startEmulatedEc2(asUnkindAsAws());
  });
  afterAll(() => ec2.close());
  beforeEach(async () => {
    await ec2.forget();
    activities = createEc2Activities(ec2);
    // each test has a cluster of its own: what others left belongs to somebody else
    tests += 1;
    plan = await aPlan(`test-${tests}`);
  });

  async function aPlan(
    cluster: string,
    fields: Partial<NodeSpec> = {},
    allowedCidrs: readonly string[] = theSpec().access.allowedCidrs,
    nodes: readonly NodeSpec[] = theSpec().nodes,
  ): Promise<PlanReference> {
    const { access, ...rest } = theSpec();
    const given = { ...rest, access: { ...access, allowedCidrs: [...allowedCidrs] } };
    const spec = { ...given, cluster, nodes: nodes.map((node) => ({ ...node, ...fields })) };
    const { ec2Compute, artifacts } = activities.dependencies;
    const image = await ec2Compute.resolveImage(spec.image);
    const empty: PlanBody['plan'] = {
      cluster: spec.cluster,
      region: spec.region,
      account: await ec2Compute.account(),
      endpoint: spec.controlPlaneEndpoint,
      image,
      steps: [],
      nodes: [redis],
      units: [],
      digest: 'sha256:0',
    };
    const body: PlanBody = { plan: empty, spec, units: [] };
    return { cluster: spec.cluster, digest: empty.digest, artifact: await artifacts.put(JSON.stringify(body)) };
  }
  function inActivity<T>(act: () => Promise<T>): Promise<T> {
    return new MockActivityEnvironment().run(act);
  }
  /** The network as `applyNetwork` makes it; whether each part changed. */
  async function ensureNetwork(): Promise<readonly boolean[]> {
    const parts = [
      await inActivity(() => activities.ensureVpc({ plan })),
      await inActivity(() => activities.ensureKeyPair({ plan })),
      ...(await Promise.all([
        inActivity(() => activities.ensureInternetGateway({ plan })),
        inActivity(() => activities.ensureSecurityGroup({ plan })),
        ...zones.map((zone) => inActivity(() => activities.ensureSubnet({ plan, zone }))),
      ])),
      await inActivity(() => activities.ensureRouteTable({ plan })),
    ];
    return parts.map(({ changed }) => changed);
  }
  const ensureInstance = (node: PlannedNode = redis): Promise<EnsuredInstance> =>
    inActivity(() => activities.ensureInstance({ plan, node }));
  /** Ends every instance that booted, as somebody in the console does, and waits until EC2 shows it. */
  async function endAll(): Promise<void> {
    const { ec2Compute } = activities.dependencies;
    const { cluster } = plan;
    for (const { id } of ec2.booted) await ec2Compute.terminateInstance({ cluster, id });
    await shows(async () => {
      const instances = await ec2Compute.describeInstances({ cluster });
      expect(instances.filter(({ state }) => state !== 'terminated')).toEqual([]);
    });
  }
  /** Waits for what EC2 shows only after a while. */
  function shows(look: () => Promise<void>): Promise<void> {
    return vi.waitFor(look, { timeout: 120_000, interval: 50 });
  }
  const launches = async () => (await ec2.ledger()).filter(({ effect }) => effect === 'RunInstances');

  it('closes what a narrower access.allowedCidrs does not let in any more, and names what somebody else opened', async () => {
    const [office, world] = ['203.0.113.0/24', '0.0.0.0/0'];
    const { ec2Network } = activities.dependencies;
    const wide = await aPlan(plan.cluster, {}, [office, world]);
    await inActivity(() => activities.ensureVpc({ plan: wide }));
    const { id: GroupId } = await inActivity(() => activities.ensureSecurityGroup({ plan: wide }));
    const foreign = { IpProtocol: 'tcp', FromPort: 9100, ToPort: 9100, IpRanges: [{ CidrIp: world }] };
    await ec2.clients.repeating.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [foreign] }));

    const owner = { cluster: plan.cluster, allowedCidrs: [office] };
    await shows(async () => {
      expect(await ec2Network.describeNetwork(owner)).toMatchObject({
        surplusRules: ['22 from 0.0.0.0/0', '6443 from 0.0.0.0/0'],
        foreignRules: ['9100 from 0.0.0.0/0'],
      });
    });
    const closing = await ec2Network.describeNetwork(owner);
    expect([closing.securityGroupId, closing.halfMade]).toEqual([undefined, undefined]);
    const { halfMade } = await ec2Network.describeNetwork({ ...owner, allowedCidrs: [world, '198.51.100.0/24'] });
    expect(halfMade).toEqual(['security-group']);

    const narrow = await aPlan(plan.cluster, {}, [office]);
    expect(await inActivity(() => activities.ensureSecurityGroup({ plan: narrow }))).toMatchObject({ changed: true });
    expect(await inActivity(() => activities.ensureSecurityGroup({ plan: narrow }))).toMatchObject({ changed: false });

    const after = await ec2Network.describeNetwork(owner);
    expect([after.securityGroupId, after.surplusRules]).toEqual([GroupId, undefined]);
    expect(after.foreignRules).toEqual(['9100 from 0.0.0.0/0']);
  });

  it('knows the account of its credentials without a default VPC', async () => {
    const isDefault = [{ Name: 'is-default', Values: ['true'] }];
    expect(await readAll.vpcs(ec2.clients, isDefault)).toEqual([]);

    expect(await activities.dependencies.ec2Compute.account()).toMatch(/^\d{12}$/);
  });

  it('remembers by a tag of the VPC that a control plane was initialised, the latest generation', async () => {
    await ensureNetwork();
    const { ec2Network } = activities.dependencies;
    const owner = { cluster: plan.cluster };
    const { vpcId = '', initialisedGeneration } = await ec2Network.describeNetwork(owner);
    expect(initialisedGeneration).toBeUndefined();

    for (const generation of [1, 2]) {
      await ec2Network.recordInitialised({ ...owner, vpcId, generation });
      await shows(async () => {
        expect((await ec2Network.describeNetwork(owner)).initialisedGeneration).toBe(generation);
      });
    }
  });

  it('makes everything once: the second time nothing changes and the ledger stays as it is', async () => {
    expect(await ensureNetwork()).toEqual([true, true, true, true, true, true, true]);
    const made = await ensureInstance();
    const ledger = await ec2.ledger();

    expect(await ensureNetwork()).toEqual([false, false, false, false, false, false, false]);
    const again = await ensureInstance();

    expect(made).toMatchObject({ changed: true, generation: 1, zone: zones[0], type: 't3.micro' });
    expect(made.address).toMatch(/^198\.18\.78\.\d+$/);
    expect(again).toEqual({ ...made, changed: false });
    expect(await ec2.ledger()).toEqual(ledger);
    expect(ledger.map(({ effect }) => effect).sort()).toEqual([
      'AssociateRouteTable',
      'AssociateRouteTable',
      'AttachInternetGateway',
      'AuthorizeSecurityGroupIngress',
      'CreateInternetGateway',
      'CreateRoute',
      'CreateRouteTable',
      'CreateSecurityGroup',
      'CreateSubnet',
      'CreateSubnet',
      'CreateVpc',
      'ImportKeyPair',
      'ModifySubnetAttribute',
      'ModifySubnetAttribute',
      'RunInstances',
    ]);
    expect(ec2.booted[0]?.userData).toContain(publicKeyOf(accessKey));
  });

  it('gets one instance when the answer of RunInstances is lost once, or as often as the SDK asks', async () => {
    await ensureNetwork();
    ec2.faults.loseAnswer('RunInstances', 1);
    expect(await ensureInstance()).toMatchObject({ changed: true });

    ec2.faults.loseAnswer('RunInstances', 3);
    const second = { ...redis, generation: 2 };
    await endAll();
    await expect(ensureInstance(second)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    // the next attempt of the step finds it by its tags, or by its token while those are not seen yet
    expect(await ensureInstance(second)).toMatchObject({ generation: 2 });

    expect(await launches()).toHaveLength(2);
    expect(ec2.hostEvents.filter((event) => event.startsWith('boot'))).toHaveLength(2);
  });

  it('gets one VPC when the answer of CreateVpc is lost', async () => {
    ec2.faults.loseAnswer('CreateVpc', 1);

    expect(await inActivity(() => activities.ensureVpc({ plan }))).toMatchObject({ changed: true });

    expect(await readAll.vpcs(ec2.clients, ownedBy(plan))).toHaveLength(1);
    expect((await ec2.ledger()).map(({ effect }) => effect)).toEqual(['CreateVpc']);
  });

  it('makes one of everything when two attempts at the network run side by side', async () => {
    await Promise.all([ensureNetwork(), ensureNetwork()]);
    await ensureInstance();

    const made = (await ec2.ledger()).map(({ effect }) => effect);
    const left = (noun: string): number =>
      made.filter((effect) => effect === `Create${noun}`).length -
      made.filter((effect) => effect === `Delete${noun}`).length;
    for (const noun of ['Vpc', 'InternetGateway', 'RouteTable', 'SecurityGroup']) expect.soft(left(noun), noun).toBe(1);
    expect(left('Subnet')).toBe(zones.length);
    expect(await ensureNetwork()).toEqual([false, false, false, false, false, false, false]);
  });

  it("launches twenty nodes side by side, past EC2's limit of the request rate, without a failure", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `k8s-node-${String(index)}`);
    const [one] = theSpec().nodes;
    plan = await aPlan(
      plan.cluster,
      {},
      undefined,
      names.map((name) => aNode({ ...one, name })),
    );
    await ensureNetwork();

    const all = await Promise.all(names.map((name) => ensureInstance({ ...redis, name })));

    expect(new Set(all.map(({ instanceId }) => instanceId)).size).toBe(names.length);
    expect(await launches()).toHaveLength(names.length);
  });

  it('finishes what a killed attempt left half-made', async () => {
    await inActivity(() => activities.ensureVpc({ plan }));
    ec2.faults.loseAnswer('AttachInternetGateway', 3);
    const first = inActivity(() => activities.ensureInternetGateway({ plan }));
    ec2.faults.throttle('ModifySubnetAttribute', 3);

    await first.catch(() => undefined);
    await inActivity(() => activities.ensureSubnet({ plan, zone: zones[0] }));
    await inActivity(() => activities.ensureInternetGateway({ plan }));

    const made = (await ec2.ledger()).map(({ effect }) => effect);
    expect(made).toEqual([
      'CreateVpc',
      'CreateInternetGateway',
      'AttachInternetGateway',
      'CreateSubnet',
      'ModifySubnetAttribute',
    ]);
  });

  it('fences a node: its host is ended once, and the next generation is launched beside nothing', async () => {
    await ensureNetwork();
    const first = await ensureInstance();
    const nodes = [aNode({ name: 'k8s-master', role: 'control-plane' }), ...theSpec().nodes];
    const ofCluster = await aPlan(plan.cluster, {}, theSpec().access.allowedCidrs, nodes);
    const fence = () => inActivity(() => activities.fenceNode({ plan: ofCluster, node: redis }));
    expect(await fence()).toEqual({ changed: true });
    expect(await fence()).toEqual({ changed: false });

    const second = await ensureInstance({ ...redis, generation: 2 });
    expect(second).toMatchObject({ changed: true, generation: 2 });
    expect(second.instanceId).not.toBe(first.instanceId);
    expect(await fence()).toEqual({ changed: false });
    const effects = (await ec2.ledger()).map(({ effect }) => effect);
    expect(effects.filter((effect) => effect === 'TerminateInstances')).toHaveLength(1);
    expect(await ensureInstance({ ...redis, generation: 2 })).toMatchObject({ changed: false });
  });

  it('goes to the next zone, then to the next type, for lack of capacity, and to no further', async () => {
    await ensureNetwork();
    ec2.faults.noCapacity(zones[0], 't3.micro');
    expect(await ensureInstance()).toMatchObject({ changed: true, zone: zones[1], type: 't3.micro' });

    await endAll();
    ec2.faults.noCapacity(zones[1], 't3.micro');
    const second = { ...redis, generation: 2 };
    expect(await ensureInstance(second)).toMatchObject({ zone: zones[0], type: 't3.small' });

    await endAll();
    for (const zone of zones) ec2.faults.noCapacity(zone);
    await expect(ensureInstance({ ...redis, generation: 3 })).rejects.toMatchObject({
      type: 'AwsCapacity',
      message: expect.stringContaining('t3.micro in ap-northeast-2a'),
    });
    expect(await launches()).toHaveLength(2);
  });

  it('goes on elsewhere when a launch ends for lack of capacity, and stops when it ends for a quota', async () => {
    await ensureNetwork();
    ec2.faults.failLaunch('k8s-redis', 'Server.InsufficientInstanceCapacity');
    expect(await ensureInstance()).toMatchObject({ changed: true, zone: zones[1] });

    await endAll();
    ec2.faults.failLaunch('k8s-redis', 'Client.VolumeLimitExceeded');
    await expect(ensureInstance({ ...redis, generation: 2 })).rejects.toMatchObject({ type: 'AwsQuota' });
    expect(await launches()).toHaveLength(3);
  });

  it('goes on elsewhere also when another attempt had launched what ends for lack of capacity', async () => {
    await ensureNetwork();
    ec2.faults.failLaunch('k8s-redis', 'Server.InsufficientInstanceCapacity');

    const [one, other] = await Promise.all([ensureInstance(), ensureInstance()]);

    expect(one.instanceId).toBe(other.instanceId);
    expect(one.zone).toBe(zones[1]);
    expect(await launches()).toHaveLength(2);
  });

  it('gets one instance of five attempts at the same time', async () => {
    await ensureNetwork();

    const all = await Promise.all(Array.from({ length: 5 }, () => ensureInstance()));

    expect(new Set(all.map(({ instanceId }) => instanceId)).size).toBe(1);
    expect(await launches()).toHaveLength(1);
  });

  it('says that an instance is gone instead of launching it again', async () => {
    await ensureNetwork();
    const { instanceId } = await ensureInstance();
    await endAll();

    await expect(ensureInstance()).rejects.toMatchObject({
      type: 'InstanceGone',
      message: expect.stringContaining(instanceId),
    });
    expect(await launches()).toHaveLength(1);
  });

  it('goes on with the next generation when EC2 has forgotten an ended instance, but not its token', async () => {
    await ensureNetwork();
    const first = await ensureInstance();
    await endAll();
    await shows(async () => {
      expect(await activities.dependencies.ec2Compute.describeInstances({ cluster: plan.cluster })).toEqual([]);
    });

    const next = await ensureInstance();

    expect(next).toMatchObject({ changed: true, generation: 2 });
    expect(next.instanceId).not.toBe(first.instanceId);
    // a second attempt for the same plan finds what the first one came to
    expect(await ensureInstance()).toEqual({ ...next, changed: false });
    expect(await launches()).toHaveLength(2);
  });

  it('goes on with the next generation when a refused launch has bound its token, and the image is newer today', async () => {
    await ensureNetwork();
    for (const zone of zones) ec2.faults.noCapacity(zone);
    await expect(ensureInstance()).rejects.toMatchObject({ type: 'AwsCapacity' });
    ec2.faults.restoreCapacity();

    const today = await aPlan(plan.cluster, { diskGiB: 40 });
    const launched = await inActivity(() => activities.ensureInstance({ plan: today, node: redis }));

    expect(launched).toMatchObject({ changed: true, generation: 2, zone: zones[0] });
    expect(await launches()).toHaveLength(1);
  });

  it('waits out a limit of the request rate', async () => {
    ec2.faults.throttle('CreateVpc', 1);

    expect(await inActivity(() => activities.ensureVpc({ plan }))).toMatchObject({ changed: true });
  });
});
