import type { NodePart, Stage } from '../../model/steps.js';
import { parseStep } from '../../model/names/parse-step.js';
import { chainTo, latest, type NeedingStep } from './critical-path.js';
import type { StepTimes } from './step-times.js';

/** One step of the chain that a roll-out really waited for. Seconds. */
export interface PathStep {
  readonly step: string;
  /** From the end of what it needs to its first activity: workflow tasks, signals, starts of children. */
  readonly between: number;
  /** Waiting for a worker that takes its activities. */
  readonly queued: number;
  /** At work, without what the simulated outside takes: looks that come late, settle windows, calls. Can be less than 0. */
  readonly inside: number;
  readonly simulated: number;
}

export interface MeasuredRun {
  readonly plan: readonly NeedingStep[];
  readonly times: ReadonlyMap<string, StepTimes>;
  /** When the roll-out was asked for. Milliseconds since 1970. */
  readonly startedMs: number;
  readonly secondsOf: (step: string) => number;
}

/**
 * The chain of steps that a roll-out waited for, first to last. It leads from the step that ended last back to its need
 * that ended last, and so on. The parts of all its steps add up to the time from the start to the end of the last step.
 */
export function measuredPath({ plan, times, startedMs, secondsOf }: MeasuredRun): readonly PathStep[] {
  const endOf = (step: string): number => times.get(step)?.endedMs ?? 0;
  const done = plan.filter(({ step }) => times.has(step));
  const before = new Map(
    done.map(({ step, needs }) => [
      step,
      latest(
        needs.filter((need) => times.has(need)),
        endOf,
      ),
    ]),
  );
  const last = latest(
    done.map(({ step }) => step),
    endOf,
  );
  if (last === undefined) return [];
  return chainTo(last, before).flatMap((step) => {
    const time = times.get(step);
    if (time === undefined) return [];
    const need = before.get(step);
    const fromMs = need === undefined ? startedMs : endOf(need);
    const simulated = secondsOf(step);
    const queued = time.queuedMs / 1_000;
    return [
      {
        step,
        between: (time.scheduledMs - fromMs) / 1_000,
        queued,
        inside: (time.endedMs - time.scheduledMs) / 1_000 - queued - simulated,
        simulated,
      },
    ];
  });
}

/** What steps have in common that do the same: a part of nodes, or the stage of all others. */
export type StepKind = NodePart | Exclude<Stage, 'nodes'>;

/** Seconds inside steps by their kind, in the order of the path. */
export function insideByPart(path: readonly PathStep[]): ReadonlyMap<StepKind, number> {
  const kinds = new Map<StepKind, number>();
  for (const { step, inside } of path) {
    for (const kind of kindOf(step)) kinds.set(kind, (kinds.get(kind) ?? 0) + inside);
  }
  return kinds;
}

function kindOf(step: string): readonly StepKind[] {
  const parsed = parseStep(step);
  if (parsed === undefined) return [];
  return [parsed.stage === 'nodes' ? parsed.part : parsed.stage];
}
