import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { differencesOf } from '../../model/plan/differences.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import type { DriftReport } from '../../model/status/drift.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import { describeRun } from '../lock/describe-run.js';
import { planBody } from '../plan-body.js';

export type DifferenceActivities = ReturnType<typeof createDifferenceActivities>;

export interface DifferenceDependencies {
  readonly artifacts: Artifacts;
}

/** What a plan says of the differences between spec and world. */
export type FoundDifferences = Pick<DriftReport, 'count' | 'differences' | 'hidden' | 'applying'>;

/** So many are listed: a history of a large cluster without hosts must not grow with it. */
const mostListed = 200;

/** The plan of a check for drift, read as differences. */
export function createDifferenceActivities({ artifacts }: DifferenceDependencies) {
  return {
    /**
     * Reads the differences out of a plan, and says whether a roll-out of the cluster is at work at the moment.
     * Fails with `ArtifactMissing`.
     *
     * Repeat: safe; it only reads.
     */
    async findDifferences({ plan }: { readonly plan: PlanReference }): Promise<FoundDifferences> {
      const body = await planBody(artifacts, plan);
      const differences = differencesOf(body.plan);
      const applying = await runAtWork(plan.cluster);
      const { hidden } = body.plan;
      return {
        count: differences.length,
        differences: differences.slice(0, mostListed),
        ...(hidden === undefined ? {} : { hidden }),
        ...(applying === undefined ? {} : { applying }),
      };
    },
  };
}

async function runAtWork(cluster: string): Promise<DriftReport['applying']> {
  const description = await describeRun({ workflowId: applyWorkflowId(cluster) });
  if (description?.status.name !== 'RUNNING') return undefined;
  const by = description.memo?.['by'];
  return { since: description.startTime.toISOString(), by: typeof by === 'string' ? by : 'unknown' };
}
