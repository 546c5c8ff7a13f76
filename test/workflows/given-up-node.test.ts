import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { untilParked, resolve } from './locked.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

const manifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: groundswell.dev/stand-in:1 }] }
`;

/** Adds a unit to the spec whose pods run on every node. */
async function addAgent({ target }: SimulatedRehearsal): Promise<void> {
  const manifests = join(dirname(target.spec), 'agent');
  await mkdir(manifests);
  await writeFile(join(manifests, 'agent.yaml'), manifest);
  const document = parseDocument(await readFile(target.spec, 'utf8'));
  document.addIn(['units'], document.createNode({ name: 'agent', wave: 0, namespace: 'ops', manifests }));
  await writeFile(target.spec, document.toString());
}

it('a node that joined, never got ready and was given up counts in no gate: the run is done, but for it', async () => {
  const rehearsal = await aSimulatedRehearsal({
    spec: 'examples/three-nodes.yaml',
    faults: ['k8s-redis: never ready'],
    tuning: { maxHeartbeatThrottleInterval: '200 ms' },
    // the gate is under way for as long as it takes until somebody answers
    paces: {
      nodes: { everyMs: 10, deadlineMs: 100 },
      waves: { everyMs: 10, deadlineMs: 3_600_000, settleMs: 0 },
    },
  });
  await addAgent(rehearsal);
  const handle = await rehearsal.rollOut({ approve: true });
  await untilParked(rehearsal, 'node/k8s-redis/ready');
  await until(() => rehearsal.effects('apply').some(({ key }) => key.endsWith('DaemonSet/ops/agent')));

  await resolve(rehearsal, { step: 'node/k8s-redis/ready', action: 'skip' });

  const { outcome, skipped = [] } = await handle.result();
  expect({ outcome, skipped: skipped.map(({ step }) => step).toSorted() }).toEqual({
    outcome: 'degraded',
    skipped: ['node/k8s-redis/ready', 'wave/0/redis'],
  });
});
