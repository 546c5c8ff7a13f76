import type { InstanceFact } from '../../model/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import { addNode, createClusterObjects, installPodNetwork } from './cluster-objects.js';
import { fileOf, hasJoined, reachable, setFile } from './simulated-hosts.js';
import type { World } from './world.js';

/**
 * Playbooks, simulated: each takes its time, fails when a fault says so, and leaves what the real one would. What kubeadm
 * does runs in a unit of the host: it goes on when its caller is gone, and a second start attaches to it. The other
 * playbooks end with their caller.
 */
export function createSimulatedAnsible(world: World, artifacts: Artifacts): Ansible {
  return {
    async runPlaybook(run, options) {
      const instance = reachable(world, run.host);
      const ended = run.playbook === 'init' || run.playbook === 'join' ? inUnit(world, instance, run) : undefined;
      const changed = await untilAborted(
        ended ?? play(world, { instance, run, signal: options?.signal }),
        options?.signal,
      );
      const log = await artifacts.put(`${run.playbook} on ${run.host.node} [simulated]\n`);
      return { changedTasks: changed ? 1 : 0, okTasks: 3, log };
    },
    contentDigest: () => Promise.resolve('simulated'),
  };
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
    world.note({ system: 'host', effect: 'kubeadm init', key: instance.id, node });
    createClusterObjects(world);
    addNode(world, instance, documentsOf(run.variables['control_plane_init_documents']));
    return;
  }
  refuseJoin(world, instance, run);
  await world.perform('join', node, 'KubeadmFailed');
  setFile(world, instance, 'joined', 'yes');
  world.note({ system: 'host', effect: 'kubeadm join', key: instance.id, node });
  addNode(world, instance, documentsOf(run.variables['node_join_document']));
}

/** What kubeadm's preflight and the API server do not let pass. */
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
    await world.perform('prepare', node, 'AnsibleTaskFailed');
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
