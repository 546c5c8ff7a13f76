import { describe, expect, it } from 'vitest';
import { playbookDeadlines } from '../../../systems/ansible/playbook-deadline.js';
import { activityOptions } from '../../../workflows/step/activity-options.js';

const minuteMs = 60_000;
/** What an activity does around its playbook: six commands over SSH at most, three minutes each. */
const besideMs = 18 * minuteMs;

describe('playbookDeadlines', () => {
  it.each(Object.entries(playbookDeadlines))('of %s pass before the time of its activity is over', (_name, deadline) => {
    expect(activityOptions.long.startToCloseTimeout).toBe('60 minutes');
    expect(deadline.wholeMs + besideMs).toBeLessThan(60 * minuteMs);
    expect(deadline.quietMs).toBeLessThan(deadline.wholeMs);
  });

  it.each([
    ['init', 4 + 4 + 1 + 1 + 1 + 1],
    ['join', 5 + 5 + 4 + 1 + 1],
    ['prepare', 5 + 5],
  ] as const)('of %s let the tools say first what is wrong', (playbook, minutes) => {
    expect(playbookDeadlines[playbook].quietMs).toBeGreaterThan(minutes * minuteMs);
  });
});
