import type { RunWorkerOptions } from '../../worker/run-worker.js';

const everyMs = 200;
const deadlineMs = 60_000;

/** Things happen five times as fast in a simulated rehearsal, so they are looked at five times as often. */
export const simulatedPaces: NonNullable<RunWorkerOptions['paces']> = {
  network: { everyMs, deadlineMs },
  instances: { everyMs, deadlineMs, lagMs: 0 },
  hosts: { everyMs, deadlineMs, loginDeadlineMs: deadlineMs },
  nodes: { everyMs, deadlineMs },
  drain: { everyMs, deadlineMs },
  waves: { everyMs, deadlineMs, settleMs: 400 },
  removal: { everyMs, deadlineMs },
  verification: { everyMs, deadlineMs },
};
