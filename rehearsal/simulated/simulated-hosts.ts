import type { InstanceFact } from '../../model/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import { createRunLog, type RunLog } from '../../systems/ansible/run-log.js';
import { sha256 } from '../../systems/artifacts/artifact-reference.js';
import type { ArtifactStore } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { KubernetesAccess } from '../../systems/kubernetes/kubernetes.js';
import type { CommandOutcome, Ssh, SshTarget } from '../../systems/ssh/ssh.js';
import { addNode, createClusterObjects, hasNode, installPodNetwork } from './cluster-objects.js';
import { createSimulatedKubernetes } from './simulated-kubernetes.js';
import type { World } from './world.js';

/** SSH to hosts that do not exist: it answers the commands that activities give, and no others. */
export function createSimulatedSsh(world: World): Ssh {
  return {
    async connect(target) {
      const instance = reachable(world, target);
      // the accepted keys are the first one and then the one that replaces it
      const replaced = fileOf(world, instance, 'host key') === 'replaced';
      return { hostKey: target.hostKeys.at(replaced ? -1 : 0) ?? '' };
    },
    async run(target, command) {
      const instance = reachable(world, target);
      return answer(world, instance, command);
    },
  };
}

/**
 * Playbooks, simulated: each takes its time, fails when a fault says so, and leaves what the real one would, a log too.
 * A caller who lets go leaves the log as it is by then; what was begun goes on, as the units of real hosts do.
 */
export function createSimulatedAnsible(world: World, artifacts: ArtifactStore): Ansible {
  const running = new Map<string, Promise<void>>();
  return {
    async runPlaybook(run, { signal } = {}) {
      const instance = reachable(world, run.host);
      const key = `${instance.id} ${run.playbook}`;
      const log = beginLog(artifacts, run);
      // as with the transient units of real hosts: a second start attaches to the first
      const work = running.get(key) ?? play(world, instance, run).finally(() => running.delete(key));
      running.set(key, work);
      try {
        await Promise.race([work, untilAborted(signal)]);
      } catch (error) {
        if (signal?.aborted === true) await log.leave('cut off: the worker let go of it [simulated]');
        if (signal?.aborted === true || !(error instanceof RolloutError)) throw error;
        const { type, message } = error;
        throw new RolloutError(type, message, { log: await log.end(`failed: ${type}: ${message}`) });
      }
      const reference = await log.end('done (1 tasks changed, 3 ok) [simulated]');
      return { changedTasks: 1, okTasks: 3, ...(reference === undefined ? {} : { log: reference }) };
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

function untilAborted(signal: CallOptions['signal']): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => {
      reject(new DOMException('the caller let go', 'AbortError'));
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** The Kubernetes API of the simulated cluster, once its control plane is initialised. */
export function createSimulatedKubernetesAccess(world: World): KubernetesAccess {
  const kubernetes = createSimulatedKubernetes(world);
  const initialised = (target: SshTarget): boolean => {
    const instance = reachable(world, target);
    return fileOf(world, instance, 'initialised') !== undefined;
  };
  return {
    connect: async (controlPlane) => (initialised(controlPlane) ? kubernetes : undefined),
    kubeconfig: async (controlPlane) =>
      initialised(controlPlane) ? '# there is no API behind a simulated cluster\n' : undefined,
  };
}

async function play(world: World, instance: InstanceFact, run: PlaybookRun): Promise<void> {
  const { node } = run.host;
  if (run.playbook === 'prepare') {
    await world.perform('prepare', node, 'AnsibleTaskFailed');
    const prepared = run.variables['prepared_digest'];
    setFile(world, instance, 'prepared', typeof prepared === 'string' ? prepared : '');
    const version = run.variables['kube_packages_version'];
    setFile(world, instance, 'kubelet', typeof version === 'string' ? `v${version}` : '');
  } else if (run.playbook === 'init') {
    await world.perform('init', node, 'KubeadmFailed');
    if (fileOf(world, instance, 'initialised') !== undefined) return;
    setFile(world, instance, 'initialised', 'yes');
    world.note({ system: 'host', effect: 'kubeadm init', key: instance.id, node });
    createClusterObjects(world);
    addNode(world, instance, documentsOf(run.variables['control_plane_init_documents']));
  } else if (run.playbook === 'cni') {
    await world.perform('cni', node, 'AnsibleTaskFailed');
    installPodNetwork(world);
  } else {
    await world.perform('join', node, 'KubeadmFailed');
    if (hasNode(world, node)) return;
    world.note({ system: 'host', effect: 'kubeadm join', key: instance.id, node });
    addNode(world, instance, documentsOf(run.variables['node_join_document']));
  }
}

function documentsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function reachable(world: World, target: SshTarget): InstanceFact {
  const instance = world.things.instances.find(({ privateAddress }) => privateAddress === target.address);
  if (instance !== undefined && Date.now() >= instance.sshAtMs) return instance;
  throw new RolloutError(
    'HostUnreachable',
    `node ${target.node}: ${target.address}:22 refused the connection [simulated]`,
  );
}

/** What `/usr/local/sbin/groundswell-host` and the few plain commands would say. */
function answer(world: World, instance: InstanceFact, command: string): CommandOutcome {
  const [, verb = '', argument = ''] = /groundswell-host (\S+)(?: (\S+))?/.exec(command) ?? [];
  const joined = hasNode(world, instance.node);
  switch (verb) {
    case 'facts': {
      const prepared = fileOf(world, instance, 'prepared');
      if (prepared === undefined) return outcome(1, '');
      const yes = joined ? 'yes' : 'no';
      return outcome(
        0,
        [
          `machineId=${instance.id}`,
          `bootId=${instance.id}`,
          `prepared=${prepared}`,
          `joined=${yes}`,
          `joinBegun=${yes}`,
          'bootstrapLeft=no',
          'joinRuns=no',
        ].join('\n'),
      );
    }
    case 'init-missing':
      return outcome(0, fileOf(world, instance, 'initialised') === undefined ? 'kubeadm-config\n' : '');
    case 'node':
      return outcome(0, hasNode(world, argument) ? `machineId=${argument}\nready=True\n` : '');
    case 'mint-token':
      return outcome(0, `token=${bootstrapToken(world, argument)}\ncaCertHash=sha256:00\n`);
    case 'revoke-tokens':
    case 'finish-join':
      return outcome(0, '');
    default:
      return otherCommand(world, instance, command);
  }
}

function otherCommand(world: World, instance: InstanceFact, command: string): CommandOutcome {
  if (command.includes('cloud-init')) return outcome(0, '{}');
  if (command.includes('ssh_host_ed25519_key')) {
    setFile(world, instance, 'host key', 'replaced');
    return outcome(0, '');
  }
  return { exitCode: 127, stdout: '', stderr: `simulated host: it does not know this command: ${command}` };
}

/** Another one each time, in kubeadm's form. */
function bootstrapToken(world: World, node: string): string {
  const digits = sha256(`${node} ${world.nextNumber()}`);
  return `${digits.slice(0, 6)}.${digits.slice(6, 22)}`;
}

function outcome(exitCode: number, stdout: string): CommandOutcome {
  return { exitCode, stdout, stderr: '' };
}

function fileOf(world: World, instance: InstanceFact, name: string): string | undefined {
  return world.things.files.get(instance.id)?.get(name);
}

function setFile(world: World, instance: InstanceFact, name: string, content: string): void {
  const files = world.things.files.get(instance.id) ?? new Map<string, string>();
  files.set(name, content);
  world.things.files.set(instance.id, files);
}
