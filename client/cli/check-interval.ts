import { InvalidArgumentError } from 'commander';

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A check takes some seconds and asks EC2, the hosts and the API server. */
const shortestMs = 60_000;
/** What is checked more rarely is better looked at by hand. */
const longestMs = 30 * 86_400_000;

/** Reads the text of `--every` as milliseconds: `30m`, `1h`, `1d`. Fails with a usage error for anything else. */
export function checkInterval(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitsMs[unit] ?? 0);
  if (ms >= shortestMs && ms <= longestMs) return ms;
  throw new InvalidArgumentError('Expected minutes, hours or days from 1m to 30d, such as 30m or 1h.');
}

/** The same interval as a person types it, in its largest whole unit. */
export function intervalText(ms: number): string {
  const fitting = Object.entries(unitsMs).findLast(([, unitMs]) => ms % unitMs === 0);
  return fitting === undefined ? `${Math.round(ms / 1_000)} s` : `${ms / fitting[1]}${fitting[0]}`;
}
