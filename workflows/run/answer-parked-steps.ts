import { getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { answerRefusal, resolveActions, type ResolveAction } from '../../model/status/answers.js';
import { decidedSignal, parkedSignal, resolveUpdate } from '../contract/message-definitions.js';
import type { Decision, ParkedStep, ResolveInput } from '../../model/messages.js';
import { workflowFailure } from '../workflow-failure.js';
import type { PlanRun } from './plan-run.js';

/**
 * Hears of steps that park, and answers the update `resolve`. Call it once all that hears of them is there: what was sent
 * before, as to a run that somebody reset, arrives within this call.
 */
export function answerParkedSteps(run: PlanRun): void {
  const { parked, input } = run;
  setHandler(parkedSignal, (step) => {
    parked.add(step);
  });
  setHandler(
    resolveUpdate,
    async (given) => {
      const { step, action, reason, by, confirm } = given;
      const confirming = action === 'abort' ? undefined : run.world.confirm();
      if (confirming !== undefined) await confirming;
      await carryOutDecision(run, parked.find(given), {
        action,
        reason,
        by,
        ...(confirm === undefined ? {} : { confirm }),
      });
      return { step, action };
    },
    {
      validator: (given: ResolveInput) => {
        refuseUnreadable(given);
        parked.find(given);
        const refusal = answerRefusal(given, input.plan.nodes);
        if (refusal !== undefined) throw workflowFailure('InputInvalid', refusal);
      },
      description: `answers a parked step: {"step", "action": one of ${resolveActions.join(', ')}, "reason", "by"}`,
    },
  );
}

/** Carries out what was decided about a parked step, wherever it waits: in the lock, in a child, or in one of a run before. */
export async function carryOutDecision(run: PlanRun, parked: ParkedStep, how: Omit<Decision, 'parkId'>): Promise<void> {
  const { parkId, workflowId } = parked;
  const decision = { ...how, parkId };
  run.parked.settle(parked, decision);
  const child = run.now.children.get(workflowId);
  if (child !== undefined) {
    await child.signal(decidedSignal, decision);
    return;
  }
  const isOwn = workflowId === workflowInfo().workflowId || run.parked.hasBegun(workflowId);
  if (isOwn) run.steps.decisions.set(parkId, decision);
  if (decision.action === 'abort') run.stop({ now: true, by: decision.by, reason: decision.reason });
  if (isOwn) return;
  // a child of a run that was reset; it may have ended meanwhile: what parked is begun again by this run
  await getExternalWorkflowHandle(workflowId)
    .signal(decidedSignal, decision)
    .catch(() => undefined);
}

function refuseUnreadable(answer: Partial<ResolveInput> | undefined): void {
  const { step, action, reason, by, confirm } = answer ?? {};
  const given = [step, action, reason, by];
  if (given.some((field) => typeof field !== 'string' || field === '')) {
    throw workflowFailure('InputInvalid', 'resolve: expected {"step", "action", "reason", "by"}, each a text');
  }
  if (confirm !== undefined && typeof confirm !== 'string') {
    throw workflowFailure('InputInvalid', 'resolve: expected "confirm" to be a text with names of units');
  }
  if (isAction(action)) return;
  throw workflowFailure(
    'InputInvalid',
    `${step}: unknown action ${String(action)}; expected ${resolveActions.join(', ')}`,
  );
}

function isAction(action: unknown): action is ResolveAction {
  return resolveActions.some((known) => known === action);
}
