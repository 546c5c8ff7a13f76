import type { ReportedLane } from './roll-out-report.js';
import { kindTitles, took } from './time-words.js';

/** Every kind of waiting of a lane; moments between steps count from a second on. */
export function kindsText({ times }: Pick<ReportedLane, 'times'>): string {
  return times
    .filter(({ kind, ms }) => kind !== 'work' && (kind !== 'hand-over' || ms >= 1_000))
    .map(({ kind, ms }) => `${kindTitles[kind].replace(/^waiting /, '')} ${took(ms)}`)
    .join(', ');
}
