import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import { sha256 } from '../../systems/artifacts/artifact-reference.js';
import type { KubernetesAccess } from '../../systems/kubernetes/kubernetes.js';
import type { CommandOutcome, Ssh, SshTarget } from '../../systems/ssh/ssh.js';
import { machineOf, removeNode } from './kubernetes/cluster-objects.js';
import { createSimulatedKubernetes } from './kubernetes/simulated-kubernetes.js';
import type { World } from './world.js';

/** SSH to hosts that do not exist: it answers the commands that activities give, and no others. */
export function createSimulatedSsh(world: World): Ssh {
  return {
    async answers(target) {
      const isMeant = (instance: World['things']['instances'][number]): boolean =>
        instance.privateAddress === target.address && Date.now() >= instance.sshAtMs;
      return world.things.instances.some(isMeant);
    },
    async connect(target) {
      const instance = reachable(world, target);
      return { hostKey: world.things.hostKeys.get(instance.id) ?? target.hostKeys[0] ?? '' };
    },
    async run(target, command) {
      const instance = reachable(world, target);
      return answer(world, instance, command);
    },
  };
}

/** The Kubernetes API of the simulated cluster, once its control plane is initialised. */
export function createSimulatedKubernetesAccess(world: World): KubernetesAccess {
  const kubernetes = createSimulatedKubernetes(world);
  const initialised = (target: SshTarget): boolean => {
    const instance = reachable(world, target);
    return fileOf(world, instance, 'initialised') !== undefined;
  };
  return {
    connect: async (controlPlane) => {
      if (!initialised(controlPlane)) return undefined;
      refuseExpired(world, reachable(world, controlPlane));
      return kubernetes;
    },
    kubeconfig: async (controlPlane) =>
      initialised(controlPlane) ? '# there is no API behind a simulated cluster\n' : undefined,
  };
}

/** As an API server, and who asks it, take an expired certificate. */
function refuseExpired(world: World, instance: InstanceFact): void {
  const expiresAt = fileOf(world, instance, 'certificates');
  if (expiresAt === undefined || Date.parse(expiresAt) > Date.now()) return;
  throw new RolloutError(
    'KubernetesUnavailable',
    `node ${instance.node}: the API server does not answer: certificate has expired [simulated]`,
  );
}

/** Whether its kubelet has its configuration and the Node of its name is this host. */
export function hasJoined(world: World, instance: InstanceFact): boolean {
  return fileOf(world, instance, 'joined') !== undefined && machineOf(world, instance.node) === instance.id;
}

/** The running instance behind an address. Fails with `HostUnreachable`, or `HostKeyChanged` when it shows another key. */
export function reachable(world: World, target: SshTarget): InstanceFact {
  const instance = world.things.instances.find(({ privateAddress }) => privateAddress === target.address);
  if (instance !== undefined && Date.now() >= instance.sshAtMs) {
    refuseStranger(world, instance, target);
    return instance;
  }
  throw new RolloutError(
    'HostUnreachable',
    `node ${target.node}: ${target.address}:22 refused the connection [simulated]`,
  );
}

/** Of a host key that replaced the first one only the next caller knows the public half: the last of those it accepts. */
function refuseStranger({ things }: World, { id }: InstanceFact, { node, hostKeys: accepted }: SshTarget): void {
  if (!things.hostKeys.has(id)) return;
  const shown = things.hostKeys.get(id) ?? accepted.at(-1) ?? '';
  things.hostKeys.set(id, shown);
  if (accepted.includes(shown)) return;
  const wanted = `expected one of ${accepted.length} pinned host keys, found another`;
  throw new RolloutError('HostKeyChanged', `node ${node}: ${wanted} [simulated]`);
}

/** What `/usr/local/sbin/groundswell-host` and the few plain commands would say. */
function answer(world: World, instance: InstanceFact, command: string): CommandOutcome {
  const [, verb = '', argument = ''] = /groundswell-host (\S+)(?: (\S+))?/.exec(command) ?? [];
  const { tokens } = world.things;
  switch (verb) {
    case 'facts':
      return facts(world, instance);
    case 'init-missing':
      return outcome(0, fileOf(world, instance, 'initialised') === undefined ? 'kubeadm-config\n' : '');
    case 'certificates':
      return certificates(world, instance);
    case 'renew-certificates':
      return renewCertificates(world, instance, argument);
    case 'node': {
      const machineId = machineOf(world, argument);
      return outcome(0, machineId === undefined ? '' : `machineId=${machineId}\nready=True\n`);
    }
    case 'delete-node':
      removeNode(world, argument);
      return outcome(0, '');
    case 'mint-token': {
      const token = bootstrapToken(world, argument);
      tokens.set(token, argument);
      return outcome(0, `token=${token}\ncaCertHash=sha256:00\n`);
    }
    case 'revoke-tokens':
      for (const [token, node] of tokens) if (node === argument) tokens.delete(token);
      return outcome(0, '');
    case 'wait-joined':
    case 'finish-join':
      return outcome(hasJoined(world, instance) ? 0 : 1, '');
    default:
      return otherCommand(world, instance, command);
  }
}

function facts(world: World, instance: InstanceFact): CommandOutcome {
  const prepared = fileOf(world, instance, 'prepared');
  if (prepared === undefined) return outcome(1, '');
  const yes = (holds: boolean): string => (holds ? 'yes' : 'no');
  const joinRuns = world.things.units.has(`${instance.id} join`);
  const lines = [
    `machineId=${instance.id}`,
    `bootId=${instance.id}`,
    `prepared=${prepared}`,
    `joined=${yes(hasJoined(world, instance))}`,
    `joinBegun=${yes(joinRuns || fileOf(world, instance, 'joined') !== undefined)}`,
    'bootstrapLeft=no',
    `kubeletConfig=${yes(fileOf(world, instance, 'joined') !== undefined)}`,
    `kubeletHealthy=${yes(hasJoined(world, instance))}`,
    `joinRuns=${yes(joinRuns)}`,
  ];
  return outcome(0, lines.join('\n'));
}

/** A year from now, as kubeadm gives them. */
export function signCertificates(world: World, instance: InstanceFact, days = 365): void {
  setFile(world, instance, 'certificates', new Date(Date.now() + days * 86_400_000).toISOString());
}

function certificates(world: World, instance: InstanceFact): CommandOutcome {
  const expiresAt = fileOf(world, instance, 'certificates');
  if (expiresAt === undefined) return outcome(1, '');
  const leaves = ['admin.conf', 'apiserver.crt'].map((name) => `renewable ${name} ${expiresAt}`);
  const authority = `authority ca.crt ${new Date(Date.now() + 3_650 * 86_400_000).toISOString()}`;
  const head = [`now=${new Date().toISOString()}`, 'renewing=no', `seen=${sha256(expiresAt)}`];
  return outcome(0, [...head, ...leaves, authority].join('\n'));
}

/** Nothing is done to certificates that are others than those that were seen. */
function renewCertificates(world: World, instance: InstanceFact, seen: string): CommandOutcome {
  const expiresAt = fileOf(world, instance, 'certificates') ?? '';
  if (sha256(expiresAt) !== seen) return outcome(0, '');
  signCertificates(world, instance);
  world.note({ system: 'host', effect: 'kubeadm certs renew', key: instance.id, node: instance.node });
  return outcome(0, 'changed\n');
}

function otherCommand(world: World, instance: InstanceFact, command: string): CommandOutcome {
  if (command.includes('cloud-init')) return outcome(0, '{}');
  if (command.includes('ssh_host_ed25519_key')) {
    setFile(world, instance, 'host key', 'replaced');
    world.things.hostKeys.set(instance.id, undefined);
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

/** A file of a host; `undefined` when it is not there. */
export function fileOf(world: World, instance: InstanceFact, name: string): string | undefined {
  return world.things.files.get(instance.id)?.get(name);
}

/** Writes a file of a host. */
export function setFile(world: World, instance: InstanceFact, name: string, content: string): void {
  const files = world.things.files.get(instance.id) ?? new Map<string, string>();
  files.set(name, content);
  world.things.files.set(instance.id, files);
}
