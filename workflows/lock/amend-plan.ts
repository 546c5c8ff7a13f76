import { patched, proxyActivities, setHandler } from '@temporalio/workflow';
import { unitStep } from '../../model/steps.js';
import { nodeOfStep } from '../../model/names/parse-step.js';
import { isStale } from '../../model/status/answers.js';
import type { PlanningActivities } from '../../activities/planning/planning.js';
import { activityOptions } from '../step/activity-options.js';
import { carryOutDecision } from './answer-parked-steps.js';
import type { PlanRun } from './plan-run.js';
import { approveUpdate } from '../contract/messages.js';
import type { Amendment, ApproveInput, ParkedStep } from '../../model/messages.js';
import { planReference, type PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { workflowFailure } from '../failures.js';
import { refuseOtherPlan, refuseUnreadableApproval } from '../refusals.js';
import { tellWavesOfPlan } from './tell-waves.js';

/**
 * Where a step parks because the world is not as its plan expects, makes the plan anew. It is shown and waits to be
 * approved by its own digest; then the stale steps, and only they, go on by it. A run with `approve: true` approves it
 * by itself, each plan once. A plan that changes nothing for its step would otherwise come again for ever.
 */
export function amendStalePlans(run: PlanRun): void {
  const seen = new Set([run.now.plan.digest]);
  let planning: Promise<void> | undefined;

  const amend = async (): Promise<void> => {
    const plan = await makePlan(run);
    if (plan === undefined || seen.has(plan.digest)) return;
    run.offerPlan(plan);
    if (run.input.approved && plan.destroys === undefined)
      await goOnBy(plan, `${run.input.by ?? 'the start'}, by approve: true`);
  };
  const goOnBy = async (plan: PlanSkeleton, by: string): Promise<void> => {
    seen.add(plan.digest);
    const before = run.now.plan;
    run.amendPlan(plan);
    // a run of an earlier build did not tell its waves; replay-tested: 2026-11-27
    await (patched('waves-hear-of-amended-plans') ? tellWavesOfPlan(run, before) : Promise.resolve());
    const reason = `plan ${plan.digest} approved in place of the stale one`;
    for (const parked of run.parked.stale()) {
      await carryOutDecision(run, parked, { action: 'retry', reason, by, amended: partOf(plan, parked) });
    }
  };

  run.parked.onPark(({ failure }) => {
    if (!isStale(failure) || run.steps.stopping) return;
    // one after another: the plan of the later one knows of both
    planning = (planning ?? Promise.resolve()).then(amend);
  });
  setHandler(
    approveUpdate,
    async ({ digest, by }) => {
      const confirming = run.world.confirm();
      if (confirming !== undefined) await confirming;
      const { amended } = run.now;
      if (amended?.digest === digest) await goOnBy(amended, by);
      return { digest };
    },
    {
      validator: (approval: ApproveInput) => {
        refuseUnreadableApproval(approval);
        const waiting = run.now.amended;
        if (waiting === undefined)
          throw workflowFailure('InputInvalid', 'approve: no plan of this run waits for an approval');
        refuseOtherPlan(approval, waiting.digest);
      },
      description: 'approves the new plan for stale steps: {"digest", "by"}',
    },
  );
}

/** `undefined` when it cannot be made now: the step stays parked, and `resolve retry` is the way on. */
async function makePlan({ input, now: { plan } }: PlanRun): Promise<PlanSkeleton | undefined> {
  // the end of a cluster has no other plan: what is gone is not missed
  if (plan.tearsDown === true) return undefined;
  try {
    const options = { summary: 'plan again, because a step is stale' };
    const before = planReference(plan);
    const made = await mutate.makePlan.executeWithOptions(options, [{ ...input.spec, ...input.wishes, before }]);
    // neither to give the cluster's state up nor to work beside another Temporal is an amendment: a run of its own asks for it
    return made.loses === undefined && made.heldBy === undefined ? made : undefined;
  } catch {
    return undefined;
  }
}

function partOf(plan: PlanSkeleton, { step }: ParkedStep): Amendment {
  const node = plan.nodes.find(({ name }) => name === nodeOfStep(step));
  const unit = plan.units.find(({ name, wave }) => step === unitStep(wave, name));
  return {
    plan: planReference(plan),
    ...(node === undefined ? {} : { node }),
    ...(unit === undefined ? {} : { unit }),
  };
}

const mutate = proxyActivities<PlanningActivities>(activityOptions.mutate);
