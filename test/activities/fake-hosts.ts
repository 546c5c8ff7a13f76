import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import type { Ec2Compute, Ec2Network } from '../../systems/ec2/ec2.js';
import type { Ssh, SshTarget } from '../../systems/ssh/ssh.js';

/** What a fake host is like; a test changes it at will. */
export interface FakeHost {
  hostKey: string;
  /** How many more connections are refused, as while a host boots. */
  refusals: number;
  machineId: string;
  prepared: string;
  joined: boolean;
  joinBegun: boolean;
  bootstrapLeft: boolean;
  /** The credentials of a kubelet. `undefined`: an earlier build prepared it, whose program does not say. */
  kubeletConfig: boolean | undefined;
  kubeletHealthy: boolean;
  joinRuns: boolean;
  /** Whether a join that was cut off ends by itself. */
  finishes: boolean;
  cloudInitExitCode: number;
  /** Whether `kubeadm init` is done there. */
  initialised: boolean;
  /** Bytes that are free on its disk. */
  freeBytes: number;
}

/** Hosts, control plane and Ansible with state, by the protocol of `groundswell-host`. Every command is noted. */
export interface FakeWorld {
  readonly hosts: Map<string, FakeHost>;
  /** Node name → machine id and readiness, as the API server has it. */
  readonly nodes: Map<string, { readonly machineId: string; readonly ready: boolean }>;
  readonly commands: string[];
  readonly playbooks: PlaybookRun[];
  readonly tokens: Set<string>;
  readonly instances: InstanceFact[];
  /** How often an instance that was terminated is seen as shutting down before it has ended. */
  endsAfterLooks: number;
  /** What ended and was deleted, in its order. */
  readonly noted: string[];
  /** Makes the next playbook fail. */
  playbookFailure: RolloutError | undefined;
  readonly ssh: Ssh;
  readonly ansible: Ansible;
  readonly ec2Compute: Ec2Compute;
  readonly ec2Network: Ec2Network;
  /** Generation of the control plane that the VPC's tag names. */
  initialisedGeneration: number | undefined;
  /** Whether EC2 does not list the VPC. */
  vpcIsUnseen: boolean;
}

export function fakeHost(fields: Partial<FakeHost> = {}): FakeHost {
  return {
    hostKey: '',
    refusals: 0,
    machineId: 'm1',
    prepared: '',
    joined: false,
    joinBegun: false,
    bootstrapLeft: false,
    kubeletConfig: undefined,
    kubeletHealthy: false,
    joinRuns: false,
    finishes: false,
    cloudInitExitCode: 0,
    initialised: false,
    freeBytes: 1024 ** 3,
    ...fields,
  };
}

export function fakeWorld(): FakeWorld {
  const world: FakeWorld = {
    hosts: new Map(),
    nodes: new Map(),
    commands: [],
    playbooks: [],
    tokens: new Set(),
    instances: [],
    endsAfterLooks: 0,
    noted: [],
    playbookFailure: undefined,
    initialisedGeneration: undefined,
    vpcIsUnseen: false,
    ec2Network: {
      ...noNetwork,
      describeNetwork: () => {
        const { initialisedGeneration } = world;
        if (world.vpcIsUnseen) return Promise.resolve({ subnets: [] });
        const recorded = initialisedGeneration === undefined ? {} : { initialisedGeneration };
        return Promise.resolve({ vpcId: 'vpc-1', subnets: [], ...recorded });
      },
      recordInitialised: ({ generation }) => {
        world.initialisedGeneration = generation;
        world.noted.push(`recorded ${generation}`);
        return Promise.resolve();
      },
    },
    ssh: {
      answers: () => Promise.resolve(true),
      connect: (target) => Promise.resolve({ hostKey: greet(world, target) }),
      run: (target, command, options) => {
        greet(world, target);
        world.commands.push(`${target.node}: ${command}`);
        const [exitCode, stdout] = answer(world, target.node, command, options?.input ?? '');
        return Promise.resolve({ exitCode, stdout, stderr: exitCode === 0 ? '' : stdout });
      },
    },
    ansible: {
      contentDigest: () => Promise.resolve('content'),
      runPlaybook: (run) => {
        world.playbooks.push(run);
        const failure = world.playbookFailure;
        world.playbookFailure = undefined;
        if (failure !== undefined) return Promise.reject(failure);
        act(world, run);
        return Promise.resolve({ changedTasks: 1, okTasks: 1, log: 'sha256:0' });
      },
    },
    ec2Compute: {
      ...refusing,
      describeInstances: () => Promise.resolve(look(world)),
      terminateInstance: ({ id }) => {
        replaceInstance(world, id, 'shutting-down');
        return Promise.resolve();
      },
    },
  };
  return world;
}

function replaceInstance(world: FakeWorld, id: string, state: InstanceFact['state']): void {
  const index = world.instances.findIndex((one) => one.id === id);
  const instance = world.instances[index];
  if (instance !== undefined) world.instances[index] = { ...instance, state };
}

function look(world: FakeWorld): readonly InstanceFact[] {
  for (const { id, node, state } of world.instances) {
    if (state !== 'shutting-down') continue;
    world.endsAfterLooks -= 1;
    if (world.endsAfterLooks > 0) continue;
    replaceInstance(world, id, 'terminated');
    world.noted.push(`terminated ${node}`);
  }
  return [...world.instances];
}

const notHere = (): Promise<never> => Promise.reject(new Error('not part of this test'));
const refusing = {
  account: notHere,
  resolveImage: notHere,
  runInstance: notHere,
  describeKeyPair: notHere,
  importKeyPair: notHere,
  terminateInstance: notHere,
};

const noNetwork = {
  createPart: notHere,
  recordWorkerSecret: notHere,
  deletePart: notHere,
  describeResidue: notHere,
};

function hostOf(world: FakeWorld, node: string): FakeHost {
  const host = world.hosts.get(node);
  if (host === undefined) throw new RolloutError('HostUnreachable', `node ${node}: nobody there`);
  return host;
}

function greet(world: FakeWorld, target: SshTarget): string {
  const host = hostOf(world, target.node);
  if (host.refusals > 0) {
    host.refusals -= 1;
    throw new RolloutError('HostUnreachable', `node ${target.node}: refused`);
  }
  if (target.hostKeys.includes(host.hostKey)) return host.hostKey;
  throw new RolloutError('HostKeyChanged', `node ${target.node}: found ${host.hostKey}`);
}

function answer(world: FakeWorld, node: string, command: string, input: string): readonly [number, string] {
  const host = hostOf(world, node);
  if (command.includes('cloud-init')) return [host.cloudInitExitCode, '{}'];
  if (command.startsWith('df ')) return [0, ` Avail IFree Mounted on\n${host.freeBytes} 1000 /\n`];
  if (command.includes('ssh_host_ed25519_key')) {
    host.hostKey = input;
    return [0, ''];
  }
  const [verb = '', argument = ''] = command.split('groundswell-host ')[1]?.split(' ') ?? [];
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  switch (verb) {
    case 'facts':
      if (host.prepared === '') return [1, 'command not found'];
      return [
        0,
        [
          `machineId=${host.machineId}`,
          `prepared=${host.prepared}`,
          `joined=${yes(host.joined)}`,
          `joinBegun=${yes(host.joinBegun)}`,
          `bootstrapLeft=${yes(host.bootstrapLeft)}`,
          ...(host.kubeletConfig === undefined ? [] : [`kubeletConfig=${yes(host.kubeletConfig)}`]),
          `kubeletHealthy=${yes(host.kubeletHealthy)}`,
          `joinRuns=${yes(host.joinRuns)}`,
        ].join('\n'),
      ];
    case 'init-missing':
      return [0, host.initialised ? '' : 'kubeadm-config\n'];
    case 'wait-joined':
    case 'finish-join':
      return [host.finishes ? 0 : 1, ''];
    case 'node': {
      const known = world.nodes.get(argument);
      return [0, known === undefined ? '' : `machineId=${known.machineId}\nready=${known.ready ? 'True' : 'False'}\n`];
    }
    case 'delete-node':
      world.nodes.delete(argument);
      world.noted.push(`deleted ${argument}`);
      return [0, ''];
    case 'mint-token':
      world.tokens.add(argument);
      return [0, 'token=abcdef.0123456789abcdef\ncaCertHash=sha256:ab\n'];
    case 'revoke-tokens':
      world.tokens.delete(argument);
      return [0, ''];
    default:
      return [1, `no verb ${verb}`];
  }
}

function act(world: FakeWorld, run: PlaybookRun): void {
  const host = hostOf(world, run.host.node);
  if (run.playbook === 'prepare') host.prepared = String(run.variables['prepared_digest']);
  if (run.playbook === 'join') Object.assign(host, { joined: true, joinBegun: true });
}
