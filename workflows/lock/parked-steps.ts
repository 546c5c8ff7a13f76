import { setHandler, workflowInfo } from '@temporalio/workflow';
import {
  answerRefusal,
  isStale,
  possibleAnswers,
  resolveActions,
  type ResolveAction,
} from '../../model/status/answers.js';
import type { PlannedNode } from '../../model/plan/plan.js';
import type { StepStatus } from '../../model/status/status.js';
import type { StepId } from '../../model/steps.js';
import {
  decidedSignal,
  parkedSignal,
  resolveUpdate,
  type Decision,
  type ParkedStep,
  type ResolveInput,
} from '../contract.js';
import type { Child } from './child.js';
import { endWith } from '../failures.js';

/** The steps of a run that wait for a person, of its children too. */
export interface ParkedSteps {
  /**
   * Hears of steps that park, and answers the update `resolve`. Once all that they use is there: what was sent before, as to
   * a run that somebody reset, arrives within this call.
   */
  answer(): void;
  add(parked: ParkedStep): void;
  /** Forgets what older runs of a child wait for: this run of it is the one that counts. */
  began(workflowId: string, runId: string): void;
  list(): readonly StepStatus[];
  /** Those whose plan the world has left behind. */
  stale(): readonly ParkedStep[];
  /** Carries an answer out. */
  decide(parked: ParkedStep, decision: Omit<Decision, 'parkId'>): Promise<void>;
}

export interface ParkedStepsOptions {
  readonly nodes: readonly PlannedNode[];
  /** Open children by workflow id. */
  readonly children: ReadonlyMap<string, Child>;
  /** Before an answer that lets the run go on: fails where another Temporal has the cluster by now. */
  readonly confirm: () => Promise<void> | undefined;
  /** Decides a step of the lock itself. */
  readonly decideHere: (decision: Decision) => void;
  /** Decides a step of a child that this run did not start: of a run that was reset. */
  readonly decideElsewhere: (workflowId: string, decision: Decision) => Promise<void>;
  /** Called whenever a step parks. */
  readonly parked: (parked: ParkedStep) => void;
  /** Called with the parked steps whenever they change. */
  readonly changed: (steps: readonly StepId[]) => void;
}

/** Keeps the list of parked steps. The update `resolve` is validated here and forwarded to the child. */
export function createParkedSteps(options: ParkedStepsOptions): ParkedSteps {
  const { nodes, children } = options;
  const open = new Map<string, ParkedStep & { readonly answers: readonly ResolveAction[] }>();
  /** Children that this run started. */
  const begun = new Set<string>();
  const decided = new Map<string, Decision & { readonly step: StepId }>();
  const changed = (): void => {
    options.changed([...open.values()].map(({ step }) => step));
  };

  const add = (parked: ParkedStep): void => {
    open.set(parked.parkId, { ...parked, answers: possibleAnswers(parked.step, nodes) });
    changed();
    options.parked(parked);
  };
  const decide: ParkedSteps['decide'] = async ({ step, parkId, workflowId }, how) => {
    const decision = { ...how, parkId };
    open.delete(parkId);
    decided.set(parkId, { ...decision, step });
    changed();
    const child = children.get(workflowId);
    if (child !== undefined) await child.signal(decidedSignal, decision);
    else if (workflowId === workflowInfo().workflowId || begun.has(workflowId)) options.decideHere(decision);
    else await options.decideElsewhere(workflowId, decision);
  };
  const began: ParkedSteps['began'] = (workflowId, runId) => {
    begun.add(workflowId);
    const older = [...open.values()].filter((step) => step.workflowId === workflowId && !isOf(step, runId));
    for (const { parkId } of older) open.delete(parkId);
    if (older.length > 0) changed();
  };
  const answer = (): void => {
    setHandler(parkedSignal, add);
    setHandler(
      resolveUpdate,
      async (given) => {
        const { step, action, reason, by, confirm } = given;
        const confirming = action === 'abort' ? undefined : options.confirm();
        if (confirming !== undefined) await confirming;
        await decide(waiting(given), { action, reason, by, ...(confirm === undefined ? {} : { confirm }) });
        return { step, action };
      },
      {
        validator: (given: ResolveInput) => {
          refuseUnreadable(given);
          waiting(given);
          const refusal = answerRefusal(given, nodes);
          if (refusal !== undefined) throw endWith('InputInvalid', refusal);
        },
        description: `answers a parked step: {"step", "action": one of ${resolveActions.join(', ')}, "reason", "by"}`,
      },
    );
  };

  /** The parked step that an answer means. Refuses what is not parked, with what was decided or what is parked. */
  function waiting({ step, parkId }: ResolveInput): ParkedStep {
    const found = [...open.values()].find(
      (parked) => parked.step === step && (parkId ?? parked.parkId) === parked.parkId,
    );
    if (found !== undefined) return found;
    const earlier = [...decided].findLast(([id, answer]) => answer.step === step && (parkId ?? id) === id)?.[1];
    if (earlier !== undefined) {
      throw endWith('InputInvalid', `${step}: ${earlier.by} already decided ${earlier.action} (${earlier.reason})`);
    }
    const anew = [...open.values()].find((parked) => parked.step === step);
    if (anew !== undefined && parkId !== undefined) {
      throw endWith(
        'InputInvalid',
        `${step}: park ${parkId} is not the one that waits: expected ${anew.parkId}; look at the status again`,
      );
    }
    const names = [...open.values()].map((parked) => parked.step).join(', ');
    throw endWith('InputInvalid', `${step}: is not parked; ${names === '' ? 'nothing is' : `parked: ${names}`}`);
  }

  return {
    answer,
    add,
    began,
    decide,
    stale: () => [...open.values()].filter(({ failure }) => isStale(failure)),
    list: () =>
      [...open.values()].map(({ step, parkId, failure, answers }) => {
        return { step, parkId, failure, state: 'parked', answers };
      }),
  };
}

/** A parkId begins with the run that parked. */
function isOf({ parkId }: ParkedStep, runId: string): boolean {
  return parkId.startsWith(`${runId}:`);
}

function refuseUnreadable(answer: Partial<ResolveInput> | undefined): void {
  const { step, action, reason, by, confirm } = answer ?? {};
  const given = [step, action, reason, by];
  if (given.some((field) => typeof field !== 'string' || field === '')) {
    throw endWith('InputInvalid', 'resolve: expected {"step", "action", "reason", "by"}, each a text');
  }
  if (confirm !== undefined && typeof confirm !== 'string') {
    throw endWith('InputInvalid', 'resolve: expected "confirm" to be a text with names of units');
  }
  if (isAction(action)) return;
  throw endWith('InputInvalid', `${step}: unknown action ${String(action)}; expected ${resolveActions.join(', ')}`);
}

function isAction(action: unknown): action is ResolveAction {
  return resolveActions.some((known) => known === action);
}
