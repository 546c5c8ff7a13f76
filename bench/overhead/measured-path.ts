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
 * The chain of steps that a roll-out waited for, first to last: from the step that ended last back to whatever of its
 * needs ended last. The parts of all its steps add up to the time from the start to the end of the last step.
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

/** Seconds inside steps by their part, `instance` or `wave`, largest first. */
export function insideByPart(path: readonly PathStep[]): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const { step, inside } of path) parts.set(partOf(step), (parts.get(partOf(step)) ?? 0) + inside);
  return parts;
}

function partOf(step: string): string {
  const [stage = '', ...rest] = step.split('/');
  return stage === 'node' ? (rest.at(-1) ?? '') : stage;
}
