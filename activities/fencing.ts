import type { NodeInput } from './planned-node.js';
import type { InstanceFact } from '../model/facts/facts.js';
import { instanceOf, isLive } from '../model/plan/node-instance.js';
import { RolloutError } from '../model/rollout-error.js';
import { controlPlaneOf } from '../model/spec/control-plane-of.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import type { CallOptions } from '../systems/calls.js';
import type { Pace } from '../systems/wait-until.js';
import type { Ec2Compute } from '../systems/ec2/ec2.js';
import type { KubernetesAccess } from '../systems/kubernetes/kubernetes.js';
import type { HostIdentity } from '../systems/ssh/host-identity.js';
import type { Ssh } from '../systems/ssh/ssh.js';
import { endInstances, endingPace } from './end-instances.js';
import { deleteNode, initMissing, nodeIdentity, type HostCall } from './hosts/host-program.js';
import { hostTarget } from './hosts/host-target.js';
import { isNewHost } from './hosts/is-new-host.js';
import { planBody } from './plan-body.js';
import { type LossInput, refuseLoss } from './planning/refuse-loss.js';
import { withHeartbeat } from './with-heartbeat.js';

export type FencingActivities = ReturnType<typeof createFencingActivities>;

export interface FencingDependencies {
  readonly artifacts: Artifacts;
  readonly ec2Compute: Ec2Compute;
  readonly ssh: Ssh;
  readonly kubernetesAccess: KubernetesAccess;
  readonly identity: HostIdentity;
}

/** How a host is taken out of a cluster before another takes its name. */
export function createFencingActivities(dependencies: FencingDependencies, pace: Pace = endingPace) {
  const { artifacts, ec2Compute } = dependencies;
  return {
    /**
     * Ends the instances of a node up to its generation, waits until they are terminated, then deletes the Node object.
     * Because of this order, two hosts never run under one name. Later generations are left alone. Refuses a control
     * plane. Before that, asks the cluster which units would lose data with the host, if the control plane answers.
     * Fails with `DataAtRisk` when a person did not name all of them. Fails with `TimedOut` when an instance does not
     * end in 15 minutes, `KubernetesUnavailable` when the Node cannot be deleted, or as EC2 fails.
     *
     * Repeat: safe; an ended instance stays ended, and a Node that is gone is not missed.
     */
    async fenceNode(input: FenceInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const { spec } = await planBody(artifacts, input.plan);
        const { name, role, generation } = input.node;
        if (role === 'control-plane') {
          throw new RolloutError(
            'InputInvalid',
            `node ${name}: expected a worker; Groundswell does not replace the control plane`,
          );
        }
        const isMeant = (one: InstanceFact): boolean => one.node === name && one.generation <= generation;
        const instances = await ec2Compute.describeInstances({ cluster: spec.cluster }, options);
        if (instances.filter(isMeant).some(isLive)) {
          await refuseLossNow(dependencies, { spec, name, confirmed: input.confirmed ?? input.node.data }, options);
        }
        const ended = await endInstances(ec2Compute, { cluster: spec.cluster, node: name, pace, isMeant }, options);
        const deleted = await deleteNodeObject(dependencies, { spec, name }, options);
        return { changed: ended || deleted };
      });
    },
  };
}

interface FenceInput extends NodeInput {
  /** What a person named whose data is lost. Default: what the plan knew. */
  readonly confirmed?: readonly string[];
}

/** Nothing is refused without a control plane that was initialised: there is no cluster yet that could have data. */
async function refuseLossNow(
  dependencies: FencingDependencies,
  { spec, ...loss }: LossInput & { readonly spec: ClusterSpec },
  options: CallOptions,
): Promise<void> {
  const call = await initialisedControlPlane(dependencies, spec, options);
  if (call === undefined) return;
  const connection = { endpoint: spec.controlPlaneEndpoint };
  const kubernetes = await dependencies.kubernetesAccess.connect(call.host, connection, options);
  if (kubernetes !== undefined) await refuseLoss(kubernetes, loss, options);
}

/** Whether there was one. Without a control plane that was initialised there is none. */
async function deleteNodeObject(
  dependencies: FencingDependencies,
  { spec, name }: { readonly spec: ClusterSpec; readonly name: string },
  options: CallOptions,
): Promise<boolean> {
  const call = await initialisedControlPlane(dependencies, spec, options);
  if (call === undefined || (await nodeIdentity(call, name)) === undefined) return false;
  await deleteNode(call, name);
  return true;
}

/** The newest one. `undefined` where it does not run, nobody has reached it yet, or kubeadm init did not end on it. Fails with `HostUnreachable`. */
async function initialisedControlPlane(
  { ec2Compute, ssh, identity }: FencingDependencies,
  spec: ClusterSpec,
  options: CallOptions,
): Promise<HostCall | undefined> {
  const instances = await ec2Compute.describeInstances({ cluster: spec.cluster }, options);
  const instance = instanceOf(controlPlaneOf(spec).name, instances).live;
  if (instance?.state !== 'running') return undefined;
  const call: HostCall = { ssh, host: hostTarget({ spec, instance, identity }), options };
  try {
    return (await initMissing(call)).length > 0 ? undefined : call;
  } catch (error) {
    if (!(error instanceof RolloutError) || error.type !== 'HostKeyChanged') throw error;
    const host = { cluster: spec.cluster, instance, target: call.host };
    if (await isNewHost({ ssh, identity }, host, options)) return undefined;
    throw error;
  }
}
