import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { certificateRequests, effectsPerNode, registrations } from '../../observer/ledger.js';
import type { StepFailure } from '../../model/status/step-failure.js';
import { applyStatusQuery } from '../../workflows/contract/messages.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { whyRealHostsAreImpossible } from '../../rehearsal/hosts/machine/machine-support.js';
import { findKubernetesStore } from '../../rehearsal/kubernetes/kubernetes-store.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import type { Target } from '../../installation/target.js';
import { kill } from '../crash/three-nodes.js';
import { failureOf } from '../workflows/refusal.js';
import { startHastyWorker } from './hasty-worker.js';
import { eventually, realThreeNodes, type RealThreeNodes } from './real-three-nodes.js';
import {
  cutApi,
  expiredCertificate,
  fullDisk,
  kubeletStart,
  kubectlOf,
  lookAtPod,
  noticeSickNodesSoon,
  onHost,
  podIsWhole,
  podWithFile,
  stoppedKubelet,
  type Sickness,
} from './sick-nodes.js';

const obstacle =
  (await whyRealHostsAreImpossible()) ??
  ((await findKubernetesStore(cacheFolder(readEnvironment()))) === undefined
    ? 'Kubernetes is not built yet'
    : undefined);
const title = `a cluster of three real hosts${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`;

const workers = ['k8s-redis', 'k8s-api-auth'] as const;

/** Rolled out once; each test leaves the cluster to the next one, and the last one ends its control plane. */
describe.skipIf(obstacle !== undefined)(title, () => {
  let nodes: RealThreeNodes;
  let target: Target;
  let folder: string;
  let workerPid = 0;
  let kubectl: Awaited<ReturnType<typeof kubectlOf>>;
  const podUids = new Map<string, string>();

  beforeAll(async () => {
    nodes = await realThreeNodes('safety');
    folder = await mkdtemp(join(tmpdir(), 'groundswell-safety-'));
    await nodes.start('from nothing');
    expect(await outcomeOf('from nothing')).toMatchObject({ outcome: 'done' });
    await nodes.killWorkers();
    target = await nodes.target();
    workerPid = await startHastyWorker(target, join(folder, 'worker.log'));
    kubectl = await kubectlOf(nodes);
    await noticeSickNodesSoon(nodes);
    for (const node of workers) podUids.set(node, await keepFile(node));
  });
  afterAll(async () => {
    kill(workerPid);
    await nodes.end();
    await rm(folder, { recursive: true, force: true });
  });

  const outcomeOf = (workflowId: string): Promise<unknown> =>
    nodes.withClient(({ workflow }) => workflow.getHandle(workflowId).result());
  const get = (kind: string, name: string, jsonPath: string): Promise<string> =>
    kubectl('get', kind, name, '-o', `jsonpath=${jsonPath}`);
  // the API server itself may be away for a moment
  const taintsOf = (node: string): Promise<string> =>
    get('node', node, 'taints: {.spec.taints[*].key}').catch(() => 'unknown');
  /** Waits until Kubernetes shows of each worker that it is sick in this way, or of each that it is well. */
  const untilShown = (sick: readonly Sickness[] | 'well'): Promise<unknown> =>
    eventually(async () => {
      const found = await Promise.all(workers.map(taintsOf));
      return found.every((taints, index) =>
        sick === 'well' ? taints === 'taints: ' : taints.includes(sick[index]?.taint ?? ''),
      )
        ? true
        : undefined;
    }, 1_000);

  /** Starts a pod on a node and writes a file into its emptyDir. */
  async function keepFile(node: string): Promise<string> {
    const manifest = join(folder, `${node}.json`);
    await writeFile(manifest, JSON.stringify(podWithFile(node)));
    await kubectl('apply', '-f', manifest);
    await kubectl('wait', '--for=condition=Ready', '--timeout=300s', `pod/keeper-${node}`);
    const uid = await get('pod', `keeper-${node}`, '{.metadata.uid}');
    await onHost(nodes, node, `echo kept > /var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/kept/file`);
    return uid;
  }

  /** What the host and the API server say of a node and the pod on it. */
  async function seenOf(node: string): Promise<unknown> {
    const host = await onHost(nodes, node, lookAtPod(podUids.get(node) ?? ''));
    expect(host).toMatch(podIsWhole);
    return {
      host,
      node: await get('node', node, '{.metadata.uid} {.status.nodeInfo.machineID}'),
      pod: await get('pod', `keeper-${node}`, '{.metadata.uid}'),
    };
  }
  const allSeen = (): Promise<readonly unknown[]> => Promise.all(workers.map(seenOf));
  const kubelet = (node: string): Promise<string> => onHost(nodes, node, kubeletStart);

  /** What nobody may have done a second time, as hosts, audit log and EC2 wrote it down. */
  async function effects(): Promise<unknown> {
    const ledger = await nodes.ledger();
    return {
      ended: ledger.filter(({ effect, key }) => effect.startsWith('delete') && key.startsWith('v1/Node/')),
      registered: registrations(ledger),
      asked: certificateRequests(ledger),
      ...Object.fromEntries(
        ['RunInstances', 'kubeadm init', 'kubeadm join'].map((effect) => [effect, effectsPerNode(ledger, effect)]),
      ),
    };
  }

  /** Gives both workers another value of a label in the spec. */
  async function editLabels(value: string): Promise<void> {
    const spec = parseDocument(await readFile(target.spec, 'utf8'));
    for (const index of [1, 2]) spec.setIn(['nodes', index, 'labels', 'road'], value);
    await writeFile(target.spec, spec.toString({ lineWidth: 0 }));
  }

  /** The failures of these steps once they, and nothing else, wait for a person. */
  const untilParked = (...steps: readonly string[]): Promise<readonly (StepFailure | undefined)[]> =>
    eventually(async () => {
      const { parked } = await nodes.withClient(({ workflow }) =>
        workflow.getHandle(applyWorkflowId('three')).query(applyStatusQuery),
      );
      return steps.every((step) => parked.some((each) => each.step === step))
        ? steps.map((step) => parked.find((each) => each.step === step)?.failure)
        : undefined;
    }, 1_000);

  it.each<{ readonly road: string; readonly redis: Sickness; readonly auth: Sickness }>([
    { road: 'one', redis: stoppedKubelet, auth: fullDisk },
    { road: 'two', redis: cutApi, auth: expiredCertificate },
  ])('keeps a node and what is on it when $redis.is, and when $auth.is', async ({ road, redis, auth }) => {
    const sick = [redis, auth];
    const before = {
      seen: await allSeen(),
      effects: await effects(),
      kubelets: await Promise.all(workers.map(kubelet)),
    };
    await Promise.all(sick.map((one, index) => one.begin(nodes, workers[index] ?? '')));
    await untilShown(sick);

    await editLabels(road);
    await nodes.start(road);
    const steps = workers.map((node, index) => `node/${node}/${sick[index]?.parksAt}`);
    const failures = await untilParked(...steps);

    expect(failures.map((failure) => failure?.type)).toEqual(['NodeNotReady', 'NodeNotReady']);
    for (const [index, failure] of failures.entries()) {
      expect(failure?.message).toContain(`node ${workers[index]}: `);
      expect(failure?.message).toContain(sick[index]?.says);
    }
    expect((await nodes.cli('status')).stdout).toContain('Groundswell neither resets the host nor deletes its Node');
    expect(await effects()).toEqual(before.effects);
    expect(await allSeen()).toEqual(before.seen);

    await Promise.all(sick.map((one, index) => one.mend(nodes, workers[index] ?? '')));
    await untilShown('well');
    for (const step of steps) {
      const answered = await nodes.cli('resolve', step, 'retry', '--reason', 'mended');
      expect(answered, answered.stderr).toMatchObject({ exitCode: 0 });
    }

    expect(await outcomeOf(road)).toMatchObject({ outcome: 'done' });
    const labels = await Promise.all(workers.map((node) => get('node', node, '{.metadata.labels.road}')));
    expect(labels).toEqual([road, road]);
    expect(await effects()).toEqual(before.effects);
    expect(await allSeen()).toEqual(before.seen);
    for (const [index, node] of workers.entries()) {
      if (sick[index]?.kubeletRunsOn === true) expect(await kubelet(node)).toBe(before.kubelets[index]);
    }
  });

  it('plans nothing while its control plane is cut off, and says that it cannot be seen: exit code 7', async () => {
    const before = await effects();
    await nodes.fault('k8s-master', 'cut');

    const plan = await nodes.cli('plan');

    expect(plan).toMatchObject({ exitCode: 7, stdout: '' });
    expect(plan.stderr).toContain('control plane k8s-master: expected an answer');
    expect(plan.stderr).toContain('from what is unknown nothing is done');
    expect(await effects()).toEqual(before);
    await nodes.fault('k8s-master', 'heal');
  });

  describe('whose only control plane was terminated, as a person would in the console', () => {
    let before: unknown;
    const onHosts = (): Promise<readonly string[]> =>
      Promise.all(workers.map((node) => onHost(nodes, node, lookAtPod(podUids.get(node) ?? ''))));

    beforeAll(async () => {
      before = { effects: await effects(), hosts: await onHosts() };
      await terminate('k8s-master');
    });

    it('says so in the first line of the plan, and what becomes of the other hosts', async () => {
      const { stdout } = await nodes.cli('plan');

      const [first, second, third] = stdout.split('\n');
      expect(first).toBe(
        'k8s-master is gone, and with it the state of cluster three: etcd, certificates, every object in it',
      );
      expect(second).toContain('`npx groundswell up --confirm k8s-master`');
      expect(third).toBe(
        'these belong to the lost cluster; Groundswell resets none of them, answer `replace` for each: k8s-redis, k8s-api-auth',
      );
    });

    it('is not replaced by an empty one: up --yes ends with exit code 6, {"approve":true} with StateLost', async () => {
      const up = await nodes.cli('up', '--yes');
      await nodes.start('approved');
      const failure = await nodes.withClient(({ workflow }) => failureOf(workflow.getHandle('approved').result()));

      expect(up, up.stderr).toMatchObject({ exitCode: 6 });
      expect(up.stderr).toContain('up --confirm');
      expect(failure).toMatchObject({ type: 'StateLost' });
      expect({ effects: await effects(), hosts: await onHosts() }).toEqual(before);
    });
  });

  async function terminate(node: string): Promise<void> {
    const host = (await nodes.ledger()).find(({ effect, node: of }) => effect === 'boot' && of === node);
    if (target.ec2 === undefined || host === undefined) throw new Error(`expected an instance of ${node}`);
    const { endpoint, ...credentials } = target.ec2;
    const console = new EC2Client({ endpoint, credentials, region: 'ap-northeast-2' });
    await console.send(new TerminateInstancesCommand({ InstanceIds: [host.key] }));
    console.destroy();
  }
});
