import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { observeKubernetes } from '../../../activities/planning/observe-kubernetes.js';
import { createWaveActivities } from '../../../activities/units/waves.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { inventoryReference, parseInventory } from '../../../model/kubernetes/unit-inventory.js';
import { aRenderedUnit, aSpec, sha256 } from '../../builders.js';
import { failureOf } from '../../failure-of.js';
import { hasControlPlane, type RealControlPlane, skipReason, startRealControlPlane } from '../../real-control-plane.js';
import { aClusterUnderTest, runActivity } from '../cluster-dependencies.js';

const pace = { everyMs: 150, deadlineMs: 30_000, settleMs: 500 };
const quick = { ...pace, deadlineMs: 3_000 };

function aDeployment(
  name: string,
  fields: { image?: string; memory?: string; replicas?: number } = {},
): KubernetesObject {
  const { image = 'groundswell.dev/stand-in:1', memory = '64Mi', replicas = 2 } = fields;
  const containers = [{ name, image, resources: { requests: { memory } } }];
  const template = { metadata: { labels: { app: name } }, spec: { containers, terminationGracePeriodSeconds: 0 } };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'api' },
    spec: { replicas, strategy, selector: { matchLabels: { app: name } }, template },
  };
}

function aConfigMap(name: string, data: Readonly<Record<string, string>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'api' }, data };
}

function aJob(name: string, fields: Readonly<Record<string, unknown>>, image = 'stand-in'): KubernetesObject {
  const containers = [{ name: 'm', image: `groundswell.dev/${image}:1` }];
  const pod = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers };
  const metadata = { name, namespace: 'api' };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { ...fields, template: { spec: pod } } };
}

describe.skipIf(!hasControlPlane)(`createWaveActivities${skipReason}`, () => {
  let plane: RealControlPlane;
  let kubelets: { stop(): Promise<void> };
  beforeAll(async () => {
    plane = await startRealControlPlane();
    await plane.setNode('k8s-api', { ready: true, memory: '400Mi' });
    kubelets = plane.runPods();
  });
  afterAll(async () => {
    await kubelets.stop();
    await plane.stop();
  });

  /** A unit of wave 2 in a plan of its own, with its two activities. */
  const given = (name: string, objects: readonly KubernetesObject[], gate = pace) => {
    const unit = aRenderedUnit({ name, wave: 2, namespace: 'api', objects, digest: sha256(JSON.stringify(objects)) });
    const cluster = aClusterUnderTest({ spec: aSpec(), units: [unit], kubernetes: () => plane.kubernetes });
    const activities = createWaveActivities(cluster.dependencies, gate);
    const input = { plan: cluster.plan, unit: cluster.unit(name) };
    return {
      apply: () => runActivity((passed) => activities.applyUnit(passed), input),
      wait: () => runActivity((passed) => activities.waitForUnit(passed), input),
    };
  };
  const inventory = async (unit: string) => {
    const configMap = await plane.kubernetes.get(inventoryReference(unit));
    return configMap === undefined ? undefined : parseInventory(configMap);
  };

  it('rolls a unit out: namespace, inventory, objects with their label, and holds the gate until all replicas run', async () => {
    const { apply, wait } = given('api-my', [aDeployment('my'), aConfigMap('my')]);

    expect(await apply()).toEqual({ changed: true });
    expect(await wait()).toEqual({ changed: false });
    const live = await plane.kubernetes.get({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'my',
      namespace: 'api',
    });
    expect(live).toMatchObject({
      metadata: { labels: { 'groundswell.dev/unit': 'api-my' } },
      status: { readyReplicas: 2 },
    });
    expect((await inventory('api-my'))?.objects).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'Deployment', uid: live?.metadata.uid, generation: 1 })]),
    );
  });

  it('records with its digest that its gate held, and changes nothing when it is applied again', async () => {
    const { apply, wait } = given('api-my', [aDeployment('my'), aConfigMap('my')]);
    const held = await inventory('api-my');
    expect(held?.appliedDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(held?.heldDigest).toBe(held?.appliedDigest);

    expect(await apply()).toEqual({ changed: false });
    await wait();
    expect(await inventory('api-my')).toEqual(held);
  });

  it('forgets that its gate held as soon as something else is applied, also when that is taken back', async () => {
    const objects = [aConfigMap('turns', { turn: 'one' })];
    const [one, two] = [given('turns', objects), given('turns', [aConfigMap('turns', { turn: 'two' })])];
    await one.apply();
    await one.wait();
    expect((await inventory('turns'))?.heldDigest).toBeDefined();

    await two.apply();
    expect((await inventory('turns'))?.heldDigest).toBeUndefined();
    await one.apply();
    expect((await inventory('turns'))?.heldDigest).toBeUndefined();
    await one.wait();
    expect((await inventory('turns'))?.heldDigest).toBeDefined();
  });

  it.each([
    ['a number for a text', { stringData: { pin: 31415926 } }, /31415926/],
    ['no Base64', { data: { pin: 'a pin of 31415926' } }, /31415926/],
    ['a list for a text', { stringData: { pin: [{ digits: '31415926' }, 27182818] } }, /31415926|27182818/],
    ['a certificate that is none', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'MzE0MTU5MjY=' } }, /MzE0MTU5MjY/],
  ])('quotes no value of a Secret that the API server refuses for %s', async (_why, fields, value) => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pin', namespace: 'api' }, ...fields };

    const failure = await failureOf(given('pins', [secret]).apply());

    expect(failure.message).toMatch(/Secret api\/pin: /);
    expect(`${failure.message} ${failure.details ?? ''}`).not.toMatch(value);
  });

  it('says what a wave waits for in the words of the scheduler, and parks after the deadline', async () => {
    const { apply, wait } = given('api-big', [aDeployment('big', { memory: '900Mi' })], quick);
    await apply();

    await expect(wait()).rejects.toMatchObject({
      type: 'UnitNotReady',
      message: expect.stringMatching(
        /^unit api-big: not ready after 3 s: wave 2 waits for Deployment api\/big 0\/2: pod big-\S+ 0\/1 nodes: 1 Insufficient memory$/,
      ),
    });
  });

  it('gives up at once on an image that is not there', async () => {
    const { apply, wait } = given('api-lost', [aDeployment('lost', { image: 'groundswell.dev/missing:1' })]);
    await apply();

    await expect(wait()).rejects.toMatchObject({
      type: 'UnitFailed',
      message: expect.stringMatching(
        /^unit api-lost: Deployment api\/lost 0\/2: pod lost-\S+ container lost ErrImagePull: .*not found/,
      ),
    });
  });

  it('heals by the next apply: pods of the broken template are not held against it', async () => {
    const { apply, wait } = given('api-lost', [aDeployment('lost')]);

    expect(await apply()).toEqual({ changed: true });
    expect(await wait()).toEqual({ changed: false });
  });

  it('does not take yesterday’s ready for today’s: an update that cannot roll out stays at the gate', async () => {
    const { apply, wait } = given('api-my', [aDeployment('my', { memory: '900Mi' }), aConfigMap('my')], quick);
    await apply();

    await expect(wait()).rejects.toThrow(
      /wave 2 waits for Deployment api\/my \d\/2: pod my-\S+ 0\/1 nodes: 1 Insufficient memory/,
    );
  });

  it('names every refused object, applies the others, and does not say that the unit is applied', async () => {
    const twice = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ];
    const broken = aDeployment('broken');
    const bad = { ...broken, spec: { ...aDeployment('broken'), extra: twice } };
    const { apply, wait } = given('api-broken', [bad, { ...aConfigMap('b'), datas: {} }, aConfigMap('good')]);

    await expect(apply()).rejects.toMatchObject({
      type: 'KubernetesRefused',
      message: expect.stringMatching(
        /^unit api-broken: 2 of 3 objects refused: ConfigMap api\/b: .* · Deployment api\/broken: /,
      ),
    });
    expect(
      await plane.kubernetes.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'good', namespace: 'api' }),
    ).toBeDefined();
    expect(await inventory('api-broken')).toMatchObject({ appliedDigest: undefined });
    expect((await inventory('api-broken'))?.objects).toHaveLength(3);
    await expect(wait()).rejects.toMatchObject({
      type: 'UnitNotReady',
      message: expect.stringContaining('found an unfinished apply'),
    });
  });

  it('leaves a namespace to the unit that brings it, so that both change nothing the second time', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'brought' } };
    const guest = { ...aConfigMap('guest'), metadata: { name: 'guest', namespace: 'brought' } };
    const [host, inside] = [given('host', [namespace]), given('guest', [guest])];
    await host.apply();
    await inside.apply();

    expect(await host.apply()).toEqual({ changed: false });
    expect(await inside.apply()).toEqual({ changed: false });
  });

  it('takes no object of another unit', async () => {
    await given('owner', [aConfigMap('shared')]).apply();

    await expect(given('thief', [aConfigMap('shared')]).apply()).rejects.toThrow(
      'ConfigMap api/shared: belongs to unit owner',
    );
  });

  it('fails when somebody made an object anew behind its back', async () => {
    const { apply, wait } = given('api-anew', [aConfigMap('anew')]);
    await apply();
    await plane.kubectl('-n', 'api', 'delete', 'configmap', 'anew');
    await plane.kubectl('-n', 'api', 'create', 'configmap', 'anew');

    await expect(wait()).rejects.toMatchObject({
      type: 'UnitFailed',
      message: 'unit api-anew: ConfigMap api/anew: was replaced by somebody else after its apply',
    });
  });

  it('applies a new kind and its first object in one unit', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    };
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'api' },
      spec: { size: 1 },
    };
    const { apply, wait } = given('widgets', [widget, definition]);

    expect(await apply()).toEqual({ changed: true });
    expect(await wait()).toEqual({ changed: false });
  });

  it('fails a unit whose Job failed, and says why', async () => {
    const { apply, wait } = given('migration', [aJob('migrate', { activeDeadlineSeconds: 1 })]);
    await apply();

    await expect(wait()).rejects.toMatchObject({
      type: 'UnitFailed',
      message: expect.stringMatching(/^unit migration: Job api\/migrate: DeadlineExceeded/),
    });
  });

  describe('a Job that Kubernetes deletes after its end', () => {
    const reference = (name: string) => ({ apiVersion: 'batch/v1', kind: 'Job', name, namespace: 'api' });
    const gone = (name: string) =>
      vi.waitUntil(async () => (await plane.kubernetes.get(reference(name))) === undefined, { timeout: 60_000 });
    const factOf = async (unit: string) => {
      const { units } = await observeKubernetes(plane.kubernetes);
      return units.find(({ name }) => name === unit);
    };
    const seeded = (data: Readonly<Record<string, string>>, image = 'ends') => [
      // long enough that a busy machine looks at it in time
      aJob('seed', { ttlSecondsAfterFinished: 10 }, image),
      aConfigMap('seed', data),
    ];

    it('is done for good once it was seen complete, however often its unit is looked at and applied', async () => {
      const { apply, wait } = given('seed', seeded({ turn: 'one' }));
      await apply();
      expect(await wait()).toEqual({ changed: false });
      await gone('seed');

      expect(await wait()).toEqual({ changed: false });
      expect(await factOf('seed')).toMatchObject({ complete: true, held: true });
      expect(await factOf('seed')).not.toHaveProperty('notReady');
      expect(await apply()).toEqual({ changed: false });

      const another = given('seed', seeded({ turn: 'two' }));
      expect(await another.apply()).toEqual({ changed: true });
      expect(await another.wait()).toEqual({ changed: false });
      expect(await plane.kubernetes.get(reference('seed'))).toBeUndefined();
    });

    it('runs again when it is another one', async () => {
      const { apply, wait } = given('seed', seeded({ turn: 'two' }, 'ends-otherwise'));

      expect(await apply()).toEqual({ changed: true });
      expect(await plane.kubernetes.get(reference('seed'))).toBeDefined();
      expect(await wait()).toEqual({ changed: false });
    });

    it('that nobody saw complete fails its unit: what became of it cannot be told', async () => {
      const { apply, wait } = given('unseen', [aJob('unseen', { ttlSecondsAfterFinished: 0 }, 'ends')]);
      await apply();
      await gone('unseen');

      await expect(wait()).rejects.toMatchObject({
        type: 'UnitFailed',
        message: 'unit unseen: Job api/unseen: is gone: its ttl is 0 s, so nobody can tell whether it succeeded',
      });
      expect(await factOf('unseen')).toMatchObject({ complete: false, held: false });
    });
  });
});
