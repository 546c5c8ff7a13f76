import { MockActivityEnvironment } from '@temporalio/testing';
import { DeleteTagsCommand, DescribeVpcsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInstanceActivities } from '../../../activities/instances.js';
import { createNetworkActivities } from '../../../activities/network.js';
import type { PlanBody, PlannedNode } from '../../../model/plan/plan.js';
import { RolloutError } from '../../../model/rollout-error.js';
import { createFolderArtifacts } from '../../../systems/artifacts/folder-artifacts.js';
import { createAwsEc2Compute } from '../../../systems/ec2/aws-ec2-compute.js';
import { createAwsEc2Network } from '../../../systems/ec2/aws-ec2-network.js';
import { ownedBy, tagNames, tagValue } from '../../../systems/ec2/ownership-tags.js';
import { createHostIdentity, type HostIdentity } from '../../../systems/ssh/host-identity.js';
import { secretFingerprint } from '../../../systems/ssh/secret-fingerprint.js';
import { publicKeyOf } from '../../../systems/ssh/public-key.js';
import type { PlanReference } from '../../../model/plan/plan-skeleton.js';
import { aNode, aSpec, someFacts } from '../../builders.js';
import {
  motoServer,
  motoSkipped,
  startEmulatedEc2,
  type EmulatedEc2,
} from '../../rehearsal/ec2-emulator/emulated-ec2.js';

const accessKey = createHostIdentity('access').firstKey({ cluster: 'test', node: 'user', generation: 1 }).privateKey;
const zone = 'ap-northeast-2a';
const master: PlannedNode = { name: 'k8s-master', role: 'control-plane', generation: 1, op: 'create', data: [] };

/** A source that has no secret before it makes one. */
function anEmptySource() {
  const source = {
    place: '/state/worker-secret',
    text: undefined as string | undefined,
    read: () => source.text,
    make: () => {
      source.text ??= 'f'.repeat(64);
      return Promise.resolve();
    },
  };
  return source;
}

describe.skipIf(motoServer === undefined)(`the worker secret in the tags of the VPC${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let cluster: string;
  let plan: PlanReference;
  /** The host key that the control plane shows; without one, nobody answers. */
  let shown: string | undefined;
  let tests = 0;

  beforeAll(async () => {
    ec2 = await startEmulatedEc2();
  });
  afterAll(() => ec2.close());
  beforeEach(async () => {
    await ec2.forget();
    tests += 1;
    cluster = `secret-${tests}`;
    shown = undefined;
    plan = await aPlan();
  });

  function activitiesOf(identity: HostIdentity) {
    const dependencies = {
      identity,
      artifacts: createFolderArtifacts(join(ec2.dir, 'artifacts')),
      ec2Network: createAwsEc2Network(ec2.clients),
      ec2Compute: createAwsEc2Compute(ec2.clients),
      readSecret: () => Promise.resolve(accessKey),
      publicKeyOf,
      ssh: {
        answers: () => Promise.resolve(true),
        connect: ({ hostKeys }: { readonly hostKeys: readonly string[] }) =>
          shown !== undefined && hostKeys.includes(shown)
            ? Promise.resolve({ hostKey: shown })
            : Promise.reject(new RolloutError('HostKeyChanged', 'found another')),
        run: () => Promise.reject(new Error('not part of this test')),
      },
    };
    const pace = { everyMs: 50, deadlineMs: 20_000 };
    const all = {
      ...createNetworkActivities(dependencies, pace),
      ...createInstanceActivities(dependencies, pace),
    };
    const run = <T>(act: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(act);
    return {
      ensureVpc: () => run(() => all.ensureVpc({ plan })),
      async launch() {
        await run(() => all.ensureKeyPair({ plan }));
        await run(() => all.ensureSecurityGroup({ plan }));
        await run(() => all.ensureSubnet({ plan, zone }));
        return run(() => all.ensureInstance({ plan, node: master }));
      },
    };
  }

  async function aPlan(): Promise<PlanReference> {
    const given = aSpec();
    const spec = {
      ...given,
      cluster,
      network: { ...given.network, vpcCidr: '198.18.80.0/24', subnets: [{ zone, cidr: '198.18.80.0/26' }] },
      access: { ...given.access, address: 'private' as const },
      nodes: [aNode({ name: 'k8s-master', role: 'control-plane', instanceTypes: ['t3.small'], zones: [zone] })],
    };
    const [compute, artifacts] = [createAwsEc2Compute(ec2.clients), createFolderArtifacts(join(ec2.dir, 'artifacts'))];
    const image = await compute.resolveImage({ owner: '136693071363', name: 'debian-12-amd64-*' });
    const { region, controlPlaneEndpoint: endpoint } = spec;
    const empty: PlanBody['plan'] = {
      ...{ cluster, region, endpoint, image, account: someFacts().account },
      ...{ steps: [], nodes: [master], units: [], digest: 'sha256:0' },
    };
    const body: PlanBody = { plan: empty, spec, units: [] };
    return { cluster, digest: empty.digest, artifact: await artifacts.put(JSON.stringify(body)) };
  }

  async function vpcTag(): Promise<string | undefined> {
    const { Vpcs } = await ec2.clients.repeating.send(new DescribeVpcsCommand({ Filters: ownedBy({ cluster }) }));
    expect(Vpcs).toHaveLength(1);
    return tagValue(Vpcs?.[0]?.Tags, tagNames.workerSecret);
  }
  /** As an earlier build left it. */
  async function forgetTag(vpcId: string): Promise<void> {
    const Tags = [{ Key: tagNames.workerSecret }];
    await ec2.clients.repeating.send(new DeleteTagsCommand({ Resources: [vpcId], Tags }));
  }
  const effects = async () => (await ec2.ledger()).map(({ effect }) => effect);

  it('is made with the VPC where there is none, and remembered by the same call', async () => {
    const source = anEmptySource();

    await activitiesOf(createHostIdentity(source)).ensureVpc();

    expect(await vpcTag()).toBe(secretFingerprint(source.text ?? ''));
    expect(await effects()).toEqual(['CreateVpc']);
  });

  it('of a second worker launches nothing, and says what differs', async () => {
    const [one, other] = [createHostIdentity('one'), createHostIdentity('other')];
    await activitiesOf(one).ensureVpc();
    const refused = {
      type: 'WorkerSecretWrong',
      message: expect.stringMatching(`${one.fingerprint() ?? ''}, which vpc-.*; found ${other.fingerprint() ?? ''}`),
    };

    await expect(activitiesOf(other).ensureVpc()).rejects.toMatchObject(refused);
    await expect(activitiesOf(other).launch()).rejects.toMatchObject(refused);

    expect(await vpcTag()).toBe(one.fingerprint());
    expect(await effects()).not.toContain('RunInstances');
  });

  it('that is lost is not made again beside an instance that lives, whatever the VPC remembers', async () => {
    const { id } = await activitiesOf(createHostIdentity('one')).ensureVpc();
    await activitiesOf(createHostIdentity('one')).launch();
    const source = anEmptySource();
    const lost = activitiesOf(createHostIdentity(source));

    await expect(lost.ensureVpc()).rejects.toMatchObject({ type: 'WorkerSecretMissing' });
    await forgetTag(id);
    await expect(lost.ensureVpc()).rejects.toMatchObject({ type: 'WorkerSecretMissing' });

    expect(source.text).toBeUndefined();
    expect(await vpcTag()).toBeUndefined();
  });

  it('is recorded at the VPC of an earlier build only when the control plane proves it, or no instance lives', async () => {
    const [one, other] = [createHostIdentity('one'), createHostIdentity('other')];
    const { id } = await activitiesOf(one).ensureVpc();
    const { instanceId } = await activitiesOf(one).launch();
    await forgetTag(id);
    shown = one.secondKey({ cluster, node: 'k8s-master', generation: 1 }).publicKey;

    expect(await activitiesOf(other).ensureVpc()).toMatchObject({ id });
    expect(await vpcTag()).toBeUndefined();
    expect(await activitiesOf(one).ensureVpc()).toEqual({ changed: true, id });
    expect(await vpcTag()).toBe(one.fingerprint());

    await forgetTag(id);
    await ec2.clients.repeating.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    expect(await activitiesOf(other).ensureVpc()).toEqual({ changed: true, id });
    expect(await vpcTag()).toBe(other.fingerprint());
  });
});
