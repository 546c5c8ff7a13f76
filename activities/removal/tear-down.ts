import { Context } from '@temporalio/activity';
import { residueText, type Residue } from '../../model/facts/residue.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import { RolloutError } from '../../model/rollout-error.js';
import { networkRowName, type NetworkPart } from '../../model/steps.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Compute, Ec2Lock, Ec2Network } from '../../systems/ec2/ec2.js';
import { waitUntil, type Look, type Pace } from '../../systems/wait-until.js';
import { endInstances, endingPace } from './end-instances.js';
import { planBody } from '../plan-body.js';
import type { NodeInput } from '../planned-node.js';
import { withHeartbeat } from '../with-heartbeat.js';

export type TearDownActivities = ReturnType<typeof createTearDownActivities>;

export interface TearDownDependencies {
  readonly artifacts: Artifacts;
  readonly ec2Network: Ec2Network;
  readonly ec2Compute: Ec2Compute;
  readonly ec2Lock: Ec2Lock;
}

export interface RemoveNetworkPartInput {
  readonly plan: PlanReference;
  readonly part: NetworkPart;
}

export interface FoundResidue {
  readonly changed: false;
  /** What is left and not ours: somebody else's things in the VPC, and what Kubernetes made. */
  readonly residue: readonly Residue[];
}

/** What uses a part goes within minutes, as the network interfaces of ended instances and of load balancers do; or not at all. */
const inUseMs = 10 * 60_000;
/** How long EC2 may list what is gone already. */
const listedMs = 2 * 60_000;

/**
 * How a cluster is taken away at EC2. Nothing here asks the cluster itself: its control plane may be dead. That its data is
 * lost is what a person typed its name for.
 */
export function createTearDownActivities(dependencies: TearDownDependencies, pace: Pace = endingPace) {
  const { artifacts, ec2Network, ec2Compute } = dependencies;
  return {
    /**
     * Ends every instance of a node, of any generation, and waits until EC2 shows it as terminated. Fails with `TimedOut`
     * when one does not end in 15 minutes, or as EC2 fails.
     *
     * Repeat: safe; an ended instance stays ended, and one that EC2 has forgotten is not missed.
     */
    async endHost({ plan, node }: NodeInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const { cluster } = (await planBody(artifacts, plan)).spec;
        return { changed: await endInstances(ec2Compute, { cluster, node: node.name, pace }, options) };
      });
    },

    /**
     * Deletes what there is of a part of the network, and looks again until nothing with our tags is listed. What uses it
     * gets 10 minutes to go; then it fails with `AwsInUse`, which names it. Fails with `TimedOut` when it is listed that long.
     *
     * Repeat: safe. What is deleted is found by its tags and named by its id, which EC2 never gives again; what is gone is
     * not missed.
     */
    async removeNetworkPart({ plan, part }: RemoveNetworkPartInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const { cluster } = (await planBody(artifacts, plan)).spec;
        const name = networkRowName(part);
        const zone = name === 'subnet' ? { zone: part.slice('subnet-'.length) } : {};
        let changed = false;
        let inUse: RolloutError | undefined;
        const remove = async (): Promise<Look<true>> => {
          inUse = undefined;
          try {
            if (!(await ec2Network.deletePart(name, { cluster, ...zone }, options))) return { done: true };
            changed = true;
            return { waitsFor: `waiting until the ${part} is not listed` };
          } catch (error) {
            if (!isInUse(error)) throw error;
            inUse = error;
            return { waitsFor: error.message };
          }
        };
        const deadlineMs = Math.min(pace.deadlineMs, inUseMs);
        if ('done' in (await waitUntil(remove, { ...pace, deadlineMs }, options))) return { changed };
        throw inUse ?? new RolloutError('TimedOut', `${part}: expected none by its tags after ${deadlineMs / 1_000} s`);
      });
    },

    /**
     * Looks for everything that is left of a cluster, by its tags and in its VPC. The lock of this very run does not count.
     * Fails with `ResidueLeft` where things of ours are still listed after two minutes, and names them.
     *
     * Repeat: safe; it only looks.
     */
    async findResidue({ plan }: { readonly plan: PlanReference }): Promise<FoundResidue> {
      return withHeartbeat(async (options) => {
        const { cluster } = (await planBody(artifacts, plan)).spec;
        let residue: readonly Residue[] = [];
        const look = async (): Promise<Look<true>> => {
          residue = await residueOf(dependencies, cluster, options);
          const ours = residue.filter((thing) => thing.ours);
          return ours.length === 0 ? { done: true } : { waitsFor: ours.map(residueText).join(', ') };
        };
        const deadlineMs = Math.min(pace.deadlineMs, listedMs);
        if ('done' in (await waitUntil(look, { ...pace, deadlineMs }, options))) return { changed: false, residue };
        throw residueLeft(cluster, residue);
      });
    },
  };
}

function isInUse(error: unknown): error is RolloutError {
  return error instanceof RolloutError && error.type === 'AwsInUse';
}

async function residueOf(
  { ec2Network, ec2Lock }: TearDownDependencies,
  cluster: string,
  options: CallOptions,
): Promise<readonly Residue[]> {
  const residue = await ec2Network.describeResidue({ cluster }, options);
  // its template has our tags too, and goes when this run ends
  const isLocked = residue.some(({ kind }) => kind === 'launch-template');
  const lock = isLocked ? await ec2Lock.describeLock({ cluster }, options) : undefined;
  const runId = Context.current().info.workflowExecution?.runId;
  return lock?.holder?.runId === runId ? residue.filter(({ id }) => id !== lock?.id) : residue;
}

const mostNamed = 10;

function residueLeft(cluster: string, residue: readonly Residue[]): RolloutError {
  const ours = residue.filter((thing) => thing.ours).map(residueText);
  const more = ours.length > mostNamed ? ` and ${ours.length - mostNamed} more` : '';
  const found = `${ours.slice(0, mostNamed).join(', ')}${more}`;
  const sentence = `cluster ${cluster}: expected nothing with its tags to be left, found ${found}`;
  return new RolloutError('ResidueLeft', sentence, { details: residue.map(residueText).join('\n') });
}
