import type { StepStatus } from './status.js';

/** An open run of a node or a wave that an earlier run of the lock started. */
export interface OlderRun {
  /** When it began. */
  readonly since: string;
  /** Whether the run that started it has ended, so that nobody hears of it, and nobody answers it. */
  readonly parentEnded: boolean;
  /** Where it is; absent when it does not say so. */
  readonly at?: Pick<StepStatus, 'step' | 'state' | 'since'>;
}

/** `node k8s-redis waits for an older run of k8s-redis, parked since …, whose parent has ended; the newer run asked it to stop`. */
export function olderRunText(
  { title, name }: { readonly title: string; readonly name: string },
  { since, parentEnded, at }: OlderRun,
): string {
  const asked = parentEnded ? ', whose parent has ended; the newer run asked it to stop' : '';
  return `${title} waits for an older run of ${name}, ${whereIs(at, since)}${asked}`;
}

function whereIs(at: OlderRun['at'], since: string): string {
  if (at === undefined) return `open since ${since}`;
  if (at.state !== 'parked') return `at ${at.step}, open since ${since}`;
  return `parked${at.since === undefined ? '' : ` since ${at.since}`} on ${at.step}`;
}
