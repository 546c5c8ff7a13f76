import { isStale, possibleAnswers, type ResolveAction } from '../../model/status/answers.js';
import type { PlannedNode } from '../../model/plan/plan.js';
import type { StepStatus } from '../../model/status/status.js';
import type { StepId } from '../../model/steps.js';
import type { Decision, ParkedStep, ResolveInput } from '../../model/messages.js';
import { workflowFailure } from '../failures.js';

/** The steps of a run that wait for a person, of its children too, and what people decided about earlier ones. */
export interface ParkedSteps {
  add(parked: ParkedStep): void;
  /** A person answered: the step is no longer parked. */
  settle(parked: ParkedStep, decision: Decision): void;
  /** A child began: forgets what older runs of its id waited for. */
  forgetOlder(workflowId: string, runId: string): void;
  /** Whether this run started a child of that id. */
  hasBegun(workflowId: string): boolean;
  /** The parked step that an answer means. Refuses what is not parked, with what was decided or what is parked. */
  find(answer: Pick<ResolveInput, 'step' | 'parkId'>): ParkedStep;
  list(): readonly StepStatus[];
  /** Those whose plan the world has left behind. */
  stale(): readonly ParkedStep[];
  /** Tells of each change of the list. */
  onChange(listener: (steps: readonly StepId[]) => void): void;
  /** Tells of each step that parks, after the change of the list. */
  onPark(listener: (parked: ParkedStep) => void): void;
}

interface Open extends ParkedStep {
  readonly answers: readonly ResolveAction[];
}
interface Settled extends Decision {
  readonly step: StepId;
}

/** Keeps the list of parked steps of a run that rolls out these nodes. */
export function createParkedSteps(nodes: readonly PlannedNode[]): ParkedSteps {
  const open = new Map<string, Open>();
  const settled: Settled[] = [];
  /** Children that this run started. */
  const begun = new Set<string>();
  const changeListeners: ((steps: readonly StepId[]) => void)[] = [];
  const parkListeners: ((parked: ParkedStep) => void)[] = [];
  const changed = (): void => {
    for (const tell of changeListeners) tell([...open.values()].map(({ step }) => step));
  };

  return {
    add(parked) {
      open.set(parked.parkId, { ...parked, answers: possibleAnswers(parked.step, nodes) });
      changed();
      for (const tell of parkListeners) tell(parked);
    },
    settle({ step, parkId }, decision) {
      open.delete(parkId);
      settled.push({ ...decision, step });
      changed();
    },
    forgetOlder(workflowId, runId) {
      begun.add(workflowId);
      const older = [...open.values()].filter((step) => step.workflowId === workflowId && !isOf(step, runId));
      for (const { parkId } of older) open.delete(parkId);
      if (older.length > 0) changed();
    },
    hasBegun: (workflowId) => begun.has(workflowId),
    find: (answer) => find([...open.values()], settled, answer),
    stale: () => [...open.values()].filter(({ failure }) => isStale(failure)),
    list: () =>
      [...open.values()].map(({ step, parkId, failure, answers }) => {
        return { step, parkId, failure, state: 'parked', answers };
      }),
    onChange: (listener) => changeListeners.push(listener),
    onPark: (listener) => parkListeners.push(listener),
  };
}

/** A parkId begins with the run that parked. */
function isOf({ parkId }: ParkedStep, runId: string): boolean {
  return parkId.startsWith(`${runId}:`);
}

function find(
  open: readonly Open[],
  settled: readonly Settled[],
  { step, parkId }: Pick<ResolveInput, 'step' | 'parkId'>,
): ParkedStep {
  const isMeant = (each: { readonly step: StepId; readonly parkId: string }): boolean =>
    each.step === step && (parkId ?? each.parkId) === each.parkId;
  const found = open.find(isMeant);
  if (found !== undefined) return found;
  const earlier = settled.findLast(isMeant);
  if (earlier !== undefined) {
    throw workflowFailure(
      'InputInvalid',
      `${step}: ${earlier.by} already decided ${earlier.action} (${earlier.reason})`,
    );
  }
  const anew = open.find((parked) => parked.step === step);
  if (anew !== undefined) {
    throw workflowFailure(
      'InputInvalid',
      `${step}: park ${parkId ?? ''} is not the present stop: expected ${anew.parkId}; look at the status again`,
    );
  }
  const names = open.map((parked) => parked.step).join(', ');
  throw workflowFailure('InputInvalid', `${step}: is not parked; ${names === '' ? 'no step is' : `parked: ${names}`}`);
}
