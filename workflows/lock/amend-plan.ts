import { patched, proxyActivities, setHandler } from '@temporalio/workflow';
import { isStale } from '../../model/status/answers.js';
import type { PlanningActivities } from '../../activities/planning/planning.js';
import { activityOptions } from '../step/activity-options.js';
import { referenceOf, type Application } from './application.js';
import {
  approveUpdate,
  nodeWorkflowId,
  type Amendment,
  type ApproveInput,
  type ParkedStep,
  type PlanSkeleton,
} from '../contract.js';
import { endWith } from '../failures.js';
import { refuseOtherPlan, refuseUnreadableApproval } from '../refusals.js';
import { tellWavesOfPlan } from './tell-waves.js';

/**
 * Where a step parks because the world is not as its plan expects, makes the plan anew. It is shown and waits to be
 * approved by its own digest; then the stale steps, and only they, go on by it. A run that was started with
 * `approve: true` approves it by itself, each plan once: one that changes nothing for its step would go round for ever.
 */
export function amendStalePlans(application: Application): void {
  const seen = new Set([application.plan.digest]);
  let planning: Promise<void> | undefined;

  const amend = async (): Promise<void> => {
    const plan = await makePlan(application);
    if (plan === undefined || seen.has(plan.digest)) return;
    application.amended = plan;
    application.show();
    if (application.input.approved) await goOnBy(plan, `${application.input.by ?? 'the start'}, by approve: true`);
  };
  const goOnBy = async (plan: PlanSkeleton, by: string): Promise<void> => {
    seen.add(plan.digest);
    application.amended = undefined;
    const before = application.plan;
    application.plan = plan;
    forgetReady(application);
    // a run of an earlier build did not tell its waves; replay-tested: 2026-11-27
    await (patched('waves-hear-of-amended-plans') ? tellWavesOfPlan(application, before) : Promise.resolve());
    const reason = `plan ${plan.digest} approved in place of the stale one`;
    for (const parked of application.parked.stale()) {
      await application.parked.decide(parked, { action: 'retry', reason, by, amended: partOf(plan, parked) });
    }
    application.show();
  };

  application.onParked = ({ failure }) => {
    if (!isStale(failure) || application.steps.stopping) return;
    // one after another: the plan of the later one knows of both
    planning = (planning ?? Promise.resolve()).then(amend);
  };
  setHandler(
    approveUpdate,
    async ({ digest, by }) => {
      const confirming = application.world.confirm();
      if (confirming !== undefined) await confirming;
      if (application.amended?.digest === digest) await goOnBy(application.amended, by);
      return { digest };
    },
    {
      validator: (approval: ApproveInput) => {
        refuseUnreadableApproval(approval);
        const waiting = application.amended;
        if (waiting === undefined) throw endWith('InputInvalid', 'approve: no plan of this run waits for an approval');
        refuseOtherPlan(approval, waiting.digest);
      },
      description: 'approves the plan that was made anew for stale steps: {"digest", "by"}',
    },
  );
}

/** `undefined` when it cannot be made now: the step stays parked, and `resolve retry` is the way on. */
async function makePlan({ input, plan }: Application): Promise<PlanSkeleton | undefined> {
  try {
    const options = { summary: 'plan again, because a step is stale' };
    const before = referenceOf(plan);
    const made = await mutate.makePlan.executeWithOptions(options, [{ ...input.spec, before }]);
    // to give the cluster's state up is nobody's amendment, nor is to work beside another Temporal: a run of its own asks for it
    return made.loses === undefined && made.heldBy === undefined ? made : undefined;
  } catch {
    return undefined;
  }
}

/** Nodes that were Ready, and that the new plan changes. */
function forgetReady({ plan, readyNodes, children }: Application): void {
  for (const { name, op } of plan.nodes) {
    if (op !== 'none' && !children.has(nodeWorkflowId(plan.cluster, name))) readyNodes.delete(name);
  }
}

function partOf(plan: PlanSkeleton, { step }: ParkedStep): Amendment {
  const node = plan.nodes.find(({ name }) => step.startsWith(`node/${name}/`));
  const unit = plan.units.find(({ name, wave }) => step === `wave/${wave}/${name}`);
  return {
    plan: referenceOf(plan),
    ...(node === undefined ? {} : { node }),
    ...(unit === undefined ? {} : { unit }),
  };
}

const mutate = proxyActivities<PlanningActivities>(activityOptions.mutate);
