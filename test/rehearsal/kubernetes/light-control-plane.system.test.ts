import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findKubernetesStore } from '../../../rehearsal/kubernetes/kubernetes-store.js';
import { startLightControlPlane, type LightControlPlane } from '../../../rehearsal/kubernetes/light-control-plane.js';
import { freePorts } from '../../../systems/free-port.js';
import { mustRun, runProcess } from '../../../systems/process.js';

const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'groundswell');
const store = await findKubernetesStore(cacheDir);
const skipReason = store === undefined ? ` (skipped: no Kubernetes store in ${cacheDir}; npm start makes it)` : '';

describe.skipIf(store === undefined)(`startLightControlPlane${skipReason}`, () => {
  let dir = '';
  let plane: LightControlPlane;
  const somebody = createServer();
  const tried: (readonly number[])[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'light-control-plane-'));
    const ports = async (count: number): Promise<readonly number[]> => {
      const free = await freePorts(count);
      tried.push(free);
      if (tried.length === 1) await new Promise<void>((resolve) => somebody.listen(free[2], '127.0.0.1', resolve));
      return free;
    };
    if (store !== undefined) plane = await startLightControlPlane({ store, dir, auditLog: true, ports });
  });
  afterAll(async () => {
    await plane.stop();
    somebody.close();
    await rm(dir, { recursive: true });
  });
  const kubectl = (...args: string[]): Promise<string> =>
    mustRun(store?.kubectl ?? '', ['--kubeconfig', plane.kubeconfig, ...args]);

  it('tries other ports when somebody took one of its own', () => {
    expect(tried).toHaveLength(2);
    expect(plane.server).toBe(`https://127.0.0.1:${String(tried[1]?.[2])}`);
  });

  it('answers with the version it was built as, over TLS that it trusts', async () => {
    expect(await kubectl('get', '--raw', '/readyz')).toBe('ok');
    expect(await kubectl('version')).toContain(`Server Version: v${store?.versions.kubernetes ?? ''}`);
  });

  it('has controllers and a scheduler: a Deployment becomes a pod that waits for a node', async () => {
    await kubectl('create', 'namespace', 'shop');
    await kubectl('-n', 'shop', 'create', 'deployment', 'web', '--image=groundswell.dev/stand-in:1');
    await kubectl(
      '-n',
      'shop',
      'wait',
      'deployment/web',
      '--for=jsonpath={.status.updatedReplicas}=1',
      '--timeout=60s',
    );
    await kubectl('-n', 'shop', 'wait', 'pod', '-l', 'app=web', '--for=condition=PodScheduled=false', '--timeout=60s');

    const pods = await kubectl('-n', 'shop', 'get', 'pods', '-o', 'jsonpath={.items[*].status.conditions[0].message}');

    expect(pods).toContain('no nodes available to schedule pods');
  });

  it('audits what a person did, and not the noise of its own programs', async () => {
    await kubectl('create', 'namespace', 'ledger');

    const line = z.object({ verb: z.string(), user: z.object({ username: z.string() }), requestURI: z.string() });
    const text = await readFile(plane.auditLog, 'utf8');
    const events = text
      .trim()
      .split('\n')
      .map((entry) => line.parse(JSON.parse(entry)));
    expect(events.filter((event) => event.user.username !== 'admin')).toEqual([]);
    expect(events.map((event) => `${event.verb} ${event.requestURI.split('?')[0] ?? ''}`)).toEqual(
      expect.arrayContaining(['create /api/v1/namespaces', 'create /apis/apps/v1/namespaces/shop/deployments']),
    );
  });

  it('leaves nothing running when it is stopped', async () => {
    await plane.stop();

    const probe = await runProcess(store?.kubectl ?? '', ['--kubeconfig', plane.kubeconfig, 'get', '--raw', '/readyz']);

    expect(probe.exitCode).not.toBe(0);
    expect(probe.stderr).toContain('was refused');
  });
});
