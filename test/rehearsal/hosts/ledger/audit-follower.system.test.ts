import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KubernetesObject } from '../../../../model/kubernetes/kubernetes-object.js';
import { followAuditLog, type AuditFollower } from '../../../../rehearsal/hosts/ledger/audit-follower.js';
import {
  hasControlPlane,
  type RealControlPlane,
  skipReason,
  startRealControlPlane,
} from '../../../real-control-plane.js';

const ours = { fieldManager: 'groundswell' };

function aDeployment(name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject {
  const containers = [{ name: 'c', image: 'groundswell.dev/stand-in:1' }];
  const app = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels },
    spec: { selector: { matchLabels: app }, template: { metadata: { labels: app }, spec: { containers } } },
  };
}

describe.skipIf(!hasControlPlane)(`followAuditLog of a real API server${skipReason}`, () => {
  let plane: RealControlPlane;
  let follower: AuditFollower;
  beforeAll(async () => {
    plane = await startRealControlPlane();
    follower = followAuditLog(plane.auditLogFolder);
  });
  afterAll(() => plane.stop());

  /** Effects of what was done since the last call. */
  const effects = async (): Promise<readonly (readonly [string, string, string])[]> =>
    (await follower.newEffects(new Set())).map(({ effect, key, by }) => [effect, key, by] as const);
  const observed = async (name: string): Promise<void> => {
    const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: 'default' };
    await vi.waitFor(async () => {
      expect((await plane.kubernetes.get(reference))?.['status']).toHaveProperty('observedGeneration');
    }, 20_000);
  };

  it('has one effect for three equal applies, also where a controller wrote in between', async () => {
    await effects();
    await plane.kubernetes.apply(aDeployment('web'), ours);
    await plane.kubernetes.apply(aDeployment('web'), ours);
    await observed('web');
    await plane.kubernetes.apply(aDeployment('web'), ours);

    expect(await effects()).toEqual([['apply', 'apps/v1/Deployment/default/web', 'groundswell']]);
  });

  it('has an effect for an apply that only takes a label away, and for one within the same second', async () => {
    await plane.kubernetes.apply(aDeployment('label', { a: '1', b: '1' }), ours);
    await effects();
    for (const labels of [{ a: '1' }, { a: '2' }, { a: '2' }, {}]) {
      await plane.kubernetes.apply(aDeployment('label', labels), ours);
    }

    expect(await effects()).toHaveLength(3);
  });

  it('has none for a dry run, a refusal, or a patch whose result is what was there', async () => {
    await plane.kubernetes.apply(aDeployment('still'), ours);
    await observed('still');
    await effects();
    const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'still', namespace: 'default' };
    const replicas = { op: 'add', path: '/spec/replicas', value: 1 } as const;

    await plane.kubectl('scale', 'deployment/still', '--replicas=3', '--dry-run=server');
    await expect(plane.kubernetes.apply(aDeployment('still', { 'not a label': '' }), ours)).rejects.toThrow();
    // the controller may write between the two: then the test does not hold, and the API server refuses
    await vi.waitFor(async () => {
      const version = (await plane.kubernetes.get(reference))?.metadata.resourceVersion;
      const read = { op: 'test', path: '/metadata/resourceVersion', value: version } as const;
      await plane.kubernetes.patch(reference, [read, replicas], ours);
    }, 20_000);

    expect(await effects()).toEqual([]);
  });

  it('tells what a person does by kubectl, by kind and name', async () => {
    await effects();
    await plane.kubectl('create', 'namespace', 'shop');
    await plane.kubectl('label', 'namespace', 'shop', 'owner=kim');
    await plane.kubectl('-n', 'shop', 'create', 'configmap', 'settings', '--from-literal=a=1');
    await plane.kubectl('-n', 'shop', 'label', 'configmap', 'settings', 'owner=kim');
    await plane.kubectl('-n', 'shop', 'label', 'configmap', 'settings', 'owner=kim');
    await plane.kubectl('-n', 'default', 'scale', 'deployment/web', '--replicas=2');
    await plane.kubectl('-n', 'shop', 'delete', 'configmap', 'settings');

    expect(await effects()).toEqual([
      ['create', 'v1/Namespace//shop', 'kubectl-create'],
      ['patch', 'v1/Namespace//shop', 'kubectl-label'],
      ['create', 'v1/ConfigMap/shop/settings', 'kubectl-create'],
      ['patch', 'v1/ConfigMap/shop/settings', 'kubectl-label'],
      ['scale', 'apps/v1/Deployment/default/web', 'kubectl'],
      ['delete', 'v1/ConfigMap/shop/settings', 'kubectl'],
    ]);
  });

  it('says that a secret was made, and neither ledger nor log has its content', async () => {
    await effects();
    const file = join(plane.auditLogFolder, 'secret.yaml');
    const data = { password: Buffer.from('hunter2-canary').toString('base64') };
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data }));
    await plane.kubectl('apply', '--server-side', '-f', file);
    await plane.kubectl('create', 'serviceaccount', 'robot');
    await plane.kubectl('create', 'token', 'robot');
    await rm(file);

    expect(await effects()).toEqual([
      ['apply', 'v1/Secret/default/s', 'kubectl'],
      ['create', 'v1/ServiceAccount/default/robot', 'kubectl-create'],
    ]);
    const log = await readFile(join(plane.auditLogFolder, 'audit.log'), 'utf8');
    expect(log).toContain('"name":"s"');
    expect(log).not.toContain(data.password);
    expect(log).not.toContain('eyJ');
  });

  it('gives the same effects again to who begins anew, so that the ids of the ledger keep them out', async () => {
    const all = await followAuditLog(plane.auditLogFolder).newEffects(new Set());
    const known = new Set(all.slice(0, -1).map(({ audit }) => audit));

    expect(all.length).toBeGreaterThan(8);
    expect(await followAuditLog(plane.auditLogFolder).newEffects(known)).toEqual(all.slice(-1));
  });
});
