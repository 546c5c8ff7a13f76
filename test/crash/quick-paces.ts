import type { ActivityPaces } from '../../activities/index.js';

const everyMs = 100;
const deadlineMs = 60_000;

/** Nothing in the outside of these tests takes time, but a fault may: looked at often, given up late. */
export const quickPaces: ActivityPaces = {
  network: { everyMs, deadlineMs },
  instances: { everyMs, deadlineMs },
  hosts: { everyMs, deadlineMs, loginDeadlineMs: deadlineMs },
  nodes: { everyMs, deadlineMs },
  drain: { everyMs, deadlineMs },
  waves: { everyMs, deadlineMs, settleMs: 200 },
  removal: { everyMs, deadlineMs },
  verification: { everyMs, deadlineMs },
};
