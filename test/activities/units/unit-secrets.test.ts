import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { renderUnits } from '../../../activities/units/render-units.js';
import { createWaveActivities } from '../../../activities/units/waves.js';
import { RolloutError } from '../../../model/rollout-error.js';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedKubernetes } from '../../../rehearsal/simulated/kubernetes/simulated-kubernetes.js';
import { createWorld } from '../../../rehearsal/simulated/world.js';
import type { Kubernetes } from '../../../systems/kubernetes/kubernetes.js';
import { createFolderManifests } from '../../../systems/manifests/folder-manifests.js';
import { createSecretDigest } from '../../../systems/secret-digest.js';
import { aSpec, sha256 } from '../../builders.js';
import { failureOf } from '../../failure-of.js';
import { aClusterUnderTest, runActivity } from '../cluster-dependencies.js';

const password = 'correct horse battery staple';
const manifest = (value: string) => `
apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: ${value}, user: shop }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { mode: fast }
`;
const db = { apiVersion: 'v1', kind: 'Secret', name: 'db', namespace: 'shop' };

/** A planned unit with a Secret, whose manifests lie in a folder. */
async function aPlannedUnit(wrap: (kubernetes: Kubernetes) => Kubernetes = (kubernetes) => kubernetes) {
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-unit-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'shop'));
  const write = (text: string) => writeFile(join(folder, 'shop', 'all.yaml'), text);
  await write(manifest(password));
  const spec = aSpec({ units: [{ name: 'shop', wave: 1, namespace: 'shop', manifests: './shop' }] });
  const manifests = createFolderManifests();
  const secretDigest = createSecretDigest('the secret of the worker');
  const renderings = await renderUnits({ manifests, digest: sha256, secretDigest }, { spec, folder });
  const units = renderings.map(({ planned }) => planned);
  const world = createWorld({ durations: noDurations, faults: [], onEffect: () => undefined });
  const kubernetes = createSimulatedKubernetes(world);
  const cluster = aClusterUnderTest({ spec, units, folder, kubernetes: () => wrap(kubernetes) });
  const activities = createWaveActivities({ ...cluster.dependencies, manifests, secretDigest });
  const input = { plan: cluster.plan, unit: cluster.unit('shop') };
  return {
    folder,
    units,
    kubernetes,
    write,
    body: cluster.body,
    apply: () => runActivity((passed: typeof input) => activities.applyUnit(passed), input),
  };
}

describe('the Secret of a unit', () => {
  it('is in no plan with a value of it, and is applied with its values', async () => {
    const { body, apply, kubernetes } = await aPlannedUnit();

    await apply();

    expect(JSON.stringify(body)).not.toContain(password);
    expect(await kubernetes.get(db)).toMatchObject({ stringData: { password, user: 'shop' } });
  });

  it('whose value was changed after the plan makes it stale, and nothing of the unit is applied', async () => {
    const { write, apply, kubernetes } = await aPlannedUnit();
    await write(manifest('another one'));

    const failure = await failureOf(apply());

    expect(failure.type).toBe('PlanStale');
    expect(failure.message).toBe(
      'unit shop: Secret shop/db: expected the planned values in the manifests, found another stringData.password; ' +
        'no plan holds values of Secrets, so the step reads them again',
    );
    expect(await kubernetes.get({ ...db, kind: 'ConfigMap', name: 'settings' })).toBeUndefined();
  });

  it('that cannot be read any more makes the plan stale', async () => {
    const { folder, write, apply } = await aPlannedUnit();
    await write(manifest(password).split('---')[1] ?? '');
    expect(await failureOf(apply())).toMatchObject({
      type: 'PlanStale',
      message: expect.stringContaining('found none'),
    });

    await rm(join(folder, 'shop'), { recursive: true });

    expect(await failureOf(apply())).toMatchObject({
      type: 'PlanStale',
      message:
        'unit shop: ./shop: expected a folder of manifests, found none; no plan holds its Secrets, so the step reads them again',
    });
  });

  it('gives a unit another digest when a value changes, and another one to workers of another secret', async () => {
    const { folder, units, write } = await aPlannedUnit();
    const spec = aSpec({ units: [{ name: 'shop', wave: 1, namespace: 'shop', manifests: './shop' }] });
    const digestNow = async (secret: string) => {
      const dependencies = {
        manifests: createFolderManifests(),
        digest: sha256,
        secretDigest: createSecretDigest(secret),
      };
      return (await renderUnits(dependencies, { spec, folder }))[0]?.planned.digest;
    };
    expect(await digestNow('the secret of the worker')).toBe(units[0]?.digest);
    expect(await digestNow('another secret')).not.toBe(units[0]?.digest);

    await write(manifest('another one'));

    expect(await digestNow('the secret of the worker')).not.toBe(units[0]?.digest);
  });

  it.each([
    [`.stringData.password: expected string, got &{${password}}`, '.stringData.password: expected string, got &{***}'],
    [
      `cannot read ${Buffer.from(password).toString('base64').slice(0, 24)}`,
      'Secret shop/db: the API server refused it; its message quotes the values, so Groundswell does not show it',
    ],
  ])('is not quoted when the API server refuses it', async (said, told) => {
    const { apply } = await aPlannedUnit((kubernetes) => ({
      ...kubernetes,
      apply: (object, options) =>
        object.kind === 'Secret'
          ? Promise.reject(new RolloutError('KubernetesRefused', said, { details: said }))
          : kubernetes.apply(object, options),
    }));

    const failure = await failureOf(apply());

    expect(failure.message).toBe(`unit shop: 1 of 2 objects refused: ${told}`);
    expect(`${failure.message} ${failure.details ?? ''}`).not.toContain(said);
  });
});
