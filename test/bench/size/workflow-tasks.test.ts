import { describe, expect, it } from 'vitest';
import { taskTimes } from '../../../bench/size/workflow-tasks.js';
import { anEvent } from '../histories.js';

describe('taskTimes', () => {
  it('says how long each completed workflow task waited and ran', () => {
    const history = [
      anEvent('WORKFLOW_TASK_SCHEDULED', 1_000, { eventId: '2' }),
      anEvent('WORKFLOW_TASK_STARTED', 1_007, { eventId: '3' }),
      anEvent('WORKFLOW_TASK_COMPLETED', 1_030, {
        eventId: '4',
        workflowTaskCompletedEventAttributes: { scheduledEventId: '2', startedEventId: '3' },
      }),
    ];

    expect(taskTimes(history)).toEqual({ waited: [7], ran: [23] });
  });

  it('leaves out tasks that failed or timed out', () => {
    const history = [
      anEvent('WORKFLOW_TASK_SCHEDULED', 1_000, { eventId: '2' }),
      anEvent('WORKFLOW_TASK_TIMED_OUT', 9_000, {
        eventId: '3',
        workflowTaskTimedOutEventAttributes: { scheduledEventId: '2' },
      }),
    ];

    expect(taskTimes(history)).toEqual({ waited: [], ran: [] });
  });
});
