import type { ActivityPaces } from '../../activities/index.js';

const deadlineMs = 60_000;

/**
 * Nothing in the outside of these tests takes time, but a fault may: looked at often, given up late. Time-outs that are
 * `stretch` times longer are waited for as many times more seldom, so that waiting itself does not keep a busy machine busy.
 */
export function quickPaces(stretch: number): ActivityPaces {
  const everyMs = stretch * 100;
  return {
    network: { everyMs, deadlineMs },
    instances: { everyMs, deadlineMs },
    hosts: { everyMs, deadlineMs, loginDeadlineMs: deadlineMs },
    nodes: { everyMs, deadlineMs },
    drain: { everyMs, deadlineMs },
    waves: { everyMs, deadlineMs, settleMs: 200 },
    removal: { everyMs, deadlineMs },
    verification: { everyMs, deadlineMs },
  };
}
