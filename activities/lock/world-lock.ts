import { Context } from '@temporalio/activity';
import { isSameTemporal, type TemporalPlace, type WorldHolder, type WorldLock } from '../../model/facts/world-lock.js';
import { decideWorldLock } from '../../model/facts/decide-world-lock.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Lock } from '../../systems/ec2/ec2.js';
import { describeRun } from './describe-run.js';
import { temporalName } from './temporal-name.js';
import { withHeartbeat } from '../with-heartbeat.js';

export type WorldLockActivities = ReturnType<typeof createWorldLockActivities>;

export interface WorldLockDependencies {
  readonly ec2Lock: Ec2Lock;
  readonly temporal: TemporalPlace;
}

export interface TakeWorldLockInput {
  readonly cluster: string;
  /** Who started the run, as claimed. */
  readonly by: string;
  /** Id of the lock of another Temporal that is gone for good, as a person typed it. */
  readonly takeOver?: string;
  /** Whether the run had the lock before, and only makes sure that it still has. */
  readonly again?: boolean;
}
export interface TakenWorldLock {
  readonly changed: boolean;
  readonly id: string;
}

export interface LeaveWorldLockInput {
  readonly cluster: string;
  /** Absent where nobody knows whether the lock was taken. */
  readonly id?: string;
}

/** How often it is tried again where somebody else is faster each time, before the activity fails. */
const rounds = 3;

/** What is done to the lock of a cluster in the world: it keeps two Temporals from rolling one cluster out. */
export function createWorldLockActivities({ ec2Lock, temporal }: WorldLockDependencies) {
  return {
    /**
     * Makes sure that the lock of the cluster in the world names the run that asks, and returns its id. Takes it from a
     * closed run of the same Temporal, and from another one only with `takeOver`. Fails with `HeldElsewhere` where
     * another Temporal has it, with `ClusterBusy` where an open run of this one has, and as EC2 fails.
     *
     * Repeat: safe. EC2 gives the name of the lock once: of two that ask at the same moment one has it. It finds a lock
     * of an earlier attempt by the run that the lock names. It finds an ended lock by its id, which EC2 never reuses.
     */
    async takeWorldLock({ cluster, by, ...typed }: TakeWorldLockInput): Promise<TakenWorldLock> {
      return withHeartbeat(async (options) => {
        const self = await thisRun(temporal, by);
        for (let round = 1; round <= rounds; round += 1) {
          const found = await ec2Lock.describeLock({ cluster }, options);
          const isOpen = found !== undefined && (await isOpenHere(cluster, self, found));
          const decision = decideWorldLock({ cluster, self, found, isOpen, ...typed });
          if (decision.do === 'refuse') throw new RolloutError(decision.type, decision.sentence);
          if (decision.do === 'keep') return { changed: false, id: decision.id };
          if (decision.do === 'replace') await ec2Lock.deleteLock({ cluster, id: decision.id }, options);
          const id = await ec2Lock.createLock({ cluster, holder: self }, options);
          if (id !== undefined) return { changed: true, id };
        }
        const sentence = `lock of cluster ${cluster}: expected to take the lock, or to see its holder, found neither ${rounds} times`;
        throw new RolloutError('AwsUnavailable', sentence);
      });
    },

    /**
     * Ends the lock with this id, or the one that names the run that asks; without either there is nothing to end.
     *
     * Repeat: safe. A lock is ended by its id: one that another run took since is left alone.
     */
    async leaveWorldLock({ cluster, id }: LeaveWorldLockInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const ours = id ?? (await idOfThisRun(ec2Lock, cluster, options));
        if (ours === undefined) return { changed: false };
        return { changed: await ec2Lock.deleteLock({ cluster, id: ours }, options) };
      });
    },
  };
}

/** The run of the workflow that this activity works for. */
async function thisRun(temporal: TemporalPlace, by: string): Promise<WorldHolder> {
  const { namespace } = Context.current().client.options;
  return {
    ...(await temporalName(temporal)),
    place: `namespace ${namespace} at ${temporal.address} on ${temporal.host}`,
    runId: runIdHere(),
    by,
  };
}

/** Whether a lock names another run of the same Temporal that is open. The id of the workflow follows from the cluster. */
async function isOpenHere(cluster: string, self: WorldHolder, { holder }: WorldLock): Promise<boolean> {
  if (holder === undefined || !isSameTemporal(holder, self) || holder.runId === self.runId) return false;
  const run = await describeRun({ workflowId: applyWorkflowId(cluster), runId: holder.runId });
  return run?.status.name === 'RUNNING';
}

/** An attempt whose answer was lost may have taken the lock: the run that it names tells. */
async function idOfThisRun(ec2Lock: Ec2Lock, cluster: string, options: CallOptions): Promise<string | undefined> {
  const found = await ec2Lock.describeLock({ cluster }, options);
  return found?.holder?.runId === runIdHere() ? found.id : undefined;
}

function runIdHere(): string {
  return Context.current().info.workflowExecution?.runId ?? '';
}
