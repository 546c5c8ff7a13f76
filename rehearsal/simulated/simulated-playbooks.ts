import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import { outlivingPlaybooks } from '../../model/steps.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import { createRunLog, type RunLog } from '../../systems/ansible/run-log.js';
import type { ArtifactStore } from '../../systems/artifacts/artifacts.js';
import { addNode, createClusterObjects, installPodNetwork } from './kubernetes/cluster-objects.js';
import { fileOf, hasJoined, reachable, setFile, signCertificates } from './simulated-hosts.js';
import type { World } from './world.js';

/**
 * Playbooks, simulated: each takes its time, fails when a fault says so, and leaves what the real one would, a log too.
 * What kubeadm does runs in a unit of the host: it goes on when its caller is gone, and a second start attaches to it. The
 * other playbooks end with their caller, and the log is left as it is by then.
 */
export function createSimulatedAnsible(world: World, artifacts: ArtifactStore): Ansible {
  return {
    async runPlaybook(run, { signal } = {}) {
      const instance = reachable(world, run.host);
      const log = beginLog(artifacts, run);
      try {
        const ended = outlivingPlaybooks.includes(run.playbook) ? inUnit(world, instance, run) : undefined;
        const changed = await untilAborted(ended ?? play(world, { instance, run, signal }), signal);
        const changedTasks = changed ? 1 : 0;
        const reference = await log.end(`done (${changedTasks} tasks changed, 3 ok) [simulated]`);
        return { changedTasks, okTasks: 3, ...(reference === undefined ? {} : { log: reference }) };
      } catch (error) {
        if (signal?.aborted === true) await log.leave('cut off: the worker cancelled the run [simulated]');
        if (signal?.aborted === true || !(error instanceof RolloutError)) throw error;
        const { type, message } = error;
        throw new RolloutError(type, message, { log: await log.end(`failed: ${type}: ${message}`) });
      }
    },
    contentDigest: () => Promise.resolve('simulated'),
  };
}

/** Shows its variables, as a careless playbook would: what is secret in them must not be seen afterwards. */
function beginLog(store: ArtifactStore, run: PlaybookRun): RunLog {
  const { playbook, host, logName: name, secretVariables = {} } = run;
  const heading = `playbook ${playbook} on ${host.node} (${host.address}) [simulated]`;
  const log = createRunLog({ store, name, secrets: Object.values(secretVariables), heading });
  for (const [variable, value] of Object.entries(secretVariables)) log.add(`${variable}: ${value} [simulated]`);
  return log;
}

/** `kubeadm init` and `kubeadm join` as the role runs them: not again where they have run, and one at a time. */
async function inUnit(world: World, instance: InstanceFact, run: PlaybookRun): Promise<boolean> {
  const { units } = world.things;
  const name = `${instance.id} ${run.playbook}`;
  const done =
    run.playbook === 'init'
      ? fileOf(world, instance, 'initialised') !== undefined
      : hasJoined(world, instance) && !units.has(name);
  if (done) return false;
  const unit = units.get(name) ?? kubeadm(world, instance, run).finally(() => units.delete(name));
  units.set(name, unit);
  await unit;
  return true;
}

async function kubeadm(world: World, instance: InstanceFact, run: PlaybookRun): Promise<void> {
  const { node } = instance;
  if (run.playbook === 'init') {
    await world.perform('init', node, 'KubeadmFailed');
    setFile(world, instance, 'initialised', 'yes');
    signCertificates(world, instance, world.certificateDays);
    world.note({ system: 'host', effect: 'kubeadm init', key: instance.id, node });
    // another etcd: what an earlier control plane knew is gone with it
    world.things.objects.clear();
    world.things.tokens.clear();
    const documents = documentsOf(run.variables['control_plane_init_documents']);
    createClusterObjects(world, documents);
    addNode(world, instance, documents);
    return;
  }
  refuseJoin(world, instance, run);
  await world.perform('join', node, 'KubeadmFailed');
  setFile(world, instance, 'joined', 'yes');
  world.note({ system: 'host', effect: 'kubeadm join', key: instance.id, node });
  addNode(world, instance, documentsOf(run.variables['node_join_document']));
}

/** Refusals of kubeadm's preflight and of the API server. */
function refuseJoin(world: World, instance: InstanceFact, run: PlaybookRun): void {
  const token = run.secretVariables?.['node_join_token'] ?? '';
  if (fileOf(world, instance, 'joined') !== undefined) {
    throw new RolloutError(
      'KubeadmFailed',
      `node ${instance.node}: [ERROR FileAvailable--etc-kubernetes-kubelet.conf] [simulated]`,
    );
  }
  if (world.things.tokens.get(token) !== instance.node) {
    throw new RolloutError(
      'KubeadmFailed',
      `node ${instance.node}: could not find a JWS signature for the token [simulated]`,
    );
  }
}

interface Play {
  readonly instance: InstanceFact;
  readonly run: PlaybookRun;
  readonly signal: AbortSignal | undefined;
}

async function play(world: World, { instance, run, signal }: Play): Promise<boolean> {
  const { node } = run.host;
  if (run.playbook === 'prepare') {
    await world.perform('prepared', node, 'AnsibleTaskFailed');
    signal?.throwIfAborted();
    const prepared = run.variables['prepared_digest'];
    setFile(world, instance, 'prepared', typeof prepared === 'string' ? prepared : '');
    const version = run.variables['kube_packages_version'];
    setFile(world, instance, 'kubelet', typeof version === 'string' ? `v${version}` : '');
  } else {
    await world.perform('cni', node, 'AnsibleTaskFailed');
    signal?.throwIfAborted();
    installPodNetwork(world);
  }
  return true;
}

function documentsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
