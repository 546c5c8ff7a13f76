import { controlPlaneOf } from '../../model/spec/control-plane-of.js';
import { type NodeInput, plannedNode } from '../planned-node.js';
import { madeSettings } from '../../model/facts/cluster-record.js';
import { RolloutError } from '../../model/rollout-error.js';
import { shortDigest } from '../../model/show/show-step.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Compute, Ec2Network } from '../../systems/ec2/ec2.js';
import type { KubernetesAccess } from '../../systems/kubernetes/kubernetes.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { connectByHost } from '../cluster-connection.js';
import { readRecord, writeRecord } from '../cluster-record.js';
import { hostFacts, initMissing, type HostCall } from './host-program.js';
import type { HostOutcome } from './host-outcome.js';
import { hostTarget, runningInstance, type OnInstance } from './host-target.js';
import { joinHost } from './join-host.js';
import { planBody } from '../plan-body.js';
import { initVariables, networkVariables, prepareVariables } from './playbook-variables.js';
import { preparedDigest } from './prepared-digest.js';
import { bootPace, reachHost, replaceHostKey, waitForCloudInit, type BootPace } from './reach-host.js';
import { runPlaybook } from './run-playbook.js';
import { withHeartbeat } from '../with-heartbeat.js';

export type HostActivities = ReturnType<typeof createHostActivities>;

export interface HostDependencies {
  readonly artifacts: Artifacts;
  readonly ec2Compute: Ec2Compute;
  readonly ec2Network: Ec2Network;
  readonly ssh: Ssh;
  readonly ansible: Ansible;
  readonly kubernetesAccess: KubernetesAccess;
  readonly identity: HostIdentity;
  /** Hash function for digests: hexadecimal SHA-256 of a text. */
  readonly digest: (text: string) => string;
}

/** What is done to the hosts of a cluster over SSH and by Ansible. */
export function createHostActivities(dependencies: HostDependencies, pace: BootPace = bootPace) {
  const { ssh, ansible, identity } = dependencies;
  const play = (run: PlaybookRun, options: CallOptions): Promise<HostOutcome> =>
    runPlaybook({ ansible, ssh, options }, run);
  return {
    /**
     * Waits until a booted host lets us in under the host key that we gave it, and cloud-init is done. Then gives it a
     * second host key, because the first one lay in user-data. Fails with `HostUnreachable`, `HostLoginRefused`,
     * `HostNotReady`, and with `HostKeyChanged` when another host answers.
     *
     * Repeat: safe; a host that shows its second key is done, and writing that key again changes nothing.
     */
    async waitUntilReachable(input: NodeInput): Promise<HostOutcome> {
      return withHeartbeat(async (options) => {
        const { spec, instance, host } = await onInstance(dependencies, input, options);
        const name = { cluster: spec.cluster, node: instance.node, generation: instance.generation };
        const first = identity.firstKey(name);
        const second = identity.secondKey(name);
        const booting = { ...host, hostKeys: [first.publicKey, second.publicKey] };
        const shown = await reachHost({ ssh, host: booting, pace, options });
        if (shown === second.publicKey) return { changed: false };
        const known = { ...host, hostKeys: [first.publicKey] };
        await waitForCloudInit({ ssh, host: known, options });
        await replaceHostKey({ ssh, host: known, pace, options }, second);
        return { changed: true };
      });
    },

    /**
     * Makes a host one that kubeadm can be run on: kernel settings, packages, container runtime, images. Nothing is run when
     * the host says that it was prepared with the roles and inputs of the plan. Fails with `PlanStale` when this worker has
     * others, `HostUnreachable`, `AnsibleTaskFailed` or `AnsibleRefused`.
     *
     * Repeat: safe; every task sets a state. A first run that still goes on holds apt's lock, which a second one waits for.
     */
    async prepareHost(input: NodeInput): Promise<HostOutcome> {
      return withHeartbeat(async (options) => {
        const { spec, node, instance, host } = await onInstance(dependencies, input, options);
        const ours = preparedDigest({
          spec,
          node,
          content: await ansible.contentDigest(),
          digest: dependencies.digest,
        });
        const wanted = (await planBody(dependencies.artifacts, input.plan)).prepared?.[node.name] ?? ours;
        const facts = await hostFacts({ ssh, host, options }, instance.generation);
        if (facts?.prepared === wanted) return { changed: false };
        if (wanted !== ours) throw otherRoles(node.name, { wanted, ours });
        const variables = { ...prepareVariables(spec, node), prepared_digest: wanted };
        return play({ playbook: 'prepare', host, variables }, options);
      });
    },

    /**
     * Runs `kubeadm init` on the control plane, once: in a transient systemd unit named by the generation. One that was cut
     * off is finished. The host is never reset. That it came to its end is recorded at the VPC. Fails with `KubeadmFailed`, `HostUnreachable` or `AnsibleTaskFailed`.
     *
     * Repeat: safe; a second start waits for the unit of the first, and a finished init is left alone.
     */
    async initControlPlane(input: NodeInput): Promise<HostOutcome> {
      return withHeartbeat(async (options) => {
        const on = await onInstance(dependencies, input, options);
        const call: HostCall = { ssh, host: on.host, options };
        const isDone = (await initMissing(call)).length === 0;
        const outcome = isDone
          ? { changed: false }
          : await play({ playbook: 'init', host: on.host, variables: initVariables(on) }, options);
        await recordInitialised(dependencies, on, options);
        return outcome;
      });
    },

    /**
     * Applies the manifest of the pod network on the control plane, and waits until Kubernetes has taken up its
     * DaemonSet. Does not wait until it runs everywhere, because later nodes start it too. Fails with `HostUnreachable`
     * or `AnsibleTaskFailed`.
     *
     * Repeat: safe; server-side apply by one field manager, and only of what differs.
     */
    async installPodNetwork(input: NodeInput): Promise<HostOutcome> {
      return withHeartbeat(async (options) => {
        const { spec, host } = await onInstance(dependencies, input, options);
        return play({ playbook: 'cni', host, variables: networkVariables(spec) }, options);
      });
    },

    /**
     * Joins a worker: with a token of its own, minted here and revoked after, in a transient systemd unit named by the
     * generation. A join that was cut off is finished, or cleaned up and made anew; a host that joined before
     * is never reset. Fails with `NodeNotReady` when such a one is not well, `KubeadmFailed`, `KubernetesUnavailable`, `HostUnreachable` or `AnsibleTaskFailed`.
     *
     * Repeat: safe; a host that has joined is left alone, and a second start waits for the unit of the first.
     */
    async joinNode(input: NodeInput): Promise<HostOutcome> {
      return withHeartbeat(async (options) => {
        const on = await onInstance(dependencies, input, options);
        const { spec } = on;
        const controlPlane = await hostOf(dependencies, { spec, node: controlPlaneOf(spec) }, options);
        return joinHost({ ssh, options, on, controlPlane, runPlaybook: (run) => play(run, options) });
      });
    },
  };
}

/** Other roles than those that somebody approved are not run. */
function otherRoles(node: string, { wanted, ours }: Record<'wanted' | 'ours', string>): RolloutError {
  return new RolloutError(
    'PlanStale',
    `node ${node}: expected roles and inputs ${shortDigest(wanted)}, as planned; this worker has ${shortDigest(ours)}: ` +
      'another build made the plan',
  );
}

/**
 * From then on a control plane that does not answer is unknown, whoever looks. The record of its settings is written
 * before the tag. A tag without a record means that an earlier build made the cluster, with unknown settings.
 */
async function recordInitialised(
  { ec2Network, kubernetesAccess }: HostDependencies,
  { spec, host, instance: { generation } }: OnInstance,
  options: CallOptions,
): Promise<void> {
  const owner = { cluster: spec.cluster };
  const { vpcId, initialisedGeneration } = await ec2Network.describeNetwork(owner, options);
  if (initialisedGeneration === generation) return;
  // it cannot be remembered where it is not seen; the next attempt finds init done, and looks again
  if (vpcId === undefined) throw new RolloutError('AwsUnavailable', 'VPC: expected one with our tags, found none yet');
  const kubernetes = await connectByHost({ kubernetesAccess }, { spec, host }, options);
  const { made } = await readRecord(kubernetes, options);
  if (made === undefined) await writeRecord(kubernetes, { part: 'made', settings: madeSettings(spec) }, options);
  await ec2Network.recordInitialised({ ...owner, vpcId, generation }, options);
}

async function onInstance(dependencies: HostDependencies, input: NodeInput, options: CallOptions): Promise<OnInstance> {
  const { body, node } = await plannedNode(dependencies.artifacts, input);
  return hostOf(dependencies, { spec: body.spec, node }, options);
}

async function hostOf(
  { ec2Compute, identity }: HostDependencies,
  { spec, node }: Pick<OnInstance, 'spec' | 'node'>,
  options: CallOptions,
): Promise<OnInstance> {
  const instance = await runningInstance(ec2Compute, { cluster: spec.cluster, node: node.name }, options);
  return { spec, node, instance, host: hostTarget({ spec, instance, identity }) };
}
