import { setHandler } from '@temporalio/workflow';
import type { StepStatus } from '../model/status.js';
import type { StepId } from '../model/steps.js';
import { decidedSignal, parkedSignal, resolveUpdate, type ParkedStep, type ResolveInput } from './contract.js';
import type { Child } from './application.js';
import { endWith } from './failures.js';

/** The steps of a run that wait for a person, of its children too. */
export interface ParkedSteps {
  add(parked: ParkedStep): void;
  list(): readonly StepStatus[];
}

export interface ParkedStepsOptions {
  /** Open children by workflow id. */
  readonly children: ReadonlyMap<string, Child>;
  /** Decides a step of the lock itself. */
  readonly decideHere: (parkId: string, action: 'retry' | 'abort') => void;
  /** Called with the parked steps whenever they change. */
  readonly changed: (steps: readonly StepId[]) => void;
}

/** Keeps the list of parked steps and answers the update `resolve`, which is validated here and forwarded to the child. */
export function createParkedSteps({ children, decideHere, changed }: ParkedStepsOptions): ParkedSteps {
  const open = new Map<string, ParkedStep>();
  const decided = new Map<string, ResolveInput>();

  const add = (parked: ParkedStep): void => {
    open.set(parked.parkId, parked);
    changed([...open.values()].map(({ step }) => step));
  };
  setHandler(parkedSignal, add);
  setHandler(
    resolveUpdate,
    async (answer) => {
      const parked = waiting(answer);
      const action = answer.action === 'abort' ? 'abort' : 'retry';
      open.delete(parked.parkId);
      decided.set(parked.parkId, answer);
      changed([...open.values()].map(({ step }) => step));
      const child = children.get(parked.workflowId);
      if (child === undefined) decideHere(parked.parkId, action);
      else await child.signal(decidedSignal, { parkId: parked.parkId, action });
      return { step: answer.step, action };
    },
    {
      validator: (answer: ResolveInput) => {
        refuseUnreadable(answer);
        waiting(answer);
      },
      description: 'answers a parked step: {"step", "action": "retry" or "abort", "reason", "by"}',
    },
  );

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
    add,
    list: () => [...open.values()].map(({ step, parkId, failure }) => ({ step, parkId, failure, state: 'parked' })),
  };
}

function refuseUnreadable(answer: Partial<ResolveInput> | undefined): void {
  const { step, action, reason, by } = answer ?? {};
  const given = [step, action, reason, by];
  if (given.some((field) => typeof field !== 'string' || field === '')) {
    throw endWith('InputInvalid', 'resolve: expected {"step", "action", "reason", "by"}, each a text');
  }
  if (action === 'retry' || action === 'abort') return;
  if (action === 'skip' || action === 'replace') {
    throw endWith(
      'InputInvalid',
      `${step}: ${action} is not possible yet; answer retry, or abort and run \`up\` again`,
    );
  }
  throw endWith('InputInvalid', `${step}: unknown action ${String(action)}; expected retry or abort`);
}
