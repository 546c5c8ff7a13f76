import { describe, expect, it } from 'vitest';
import type { createActivities } from '../../../activities/index.js';
import { activityNames } from '../../../model/names/activity-names.js';
import { ofWorkflow, workflowNames } from '../../../model/names/workflow-names.js';
import * as workflows from '../../../workflows/index.js';

type Activities = ReturnType<typeof createActivities>;

describe('activityNames', () => {
  it('has the activities that there are, and no other', () => {
    const named = activityNames satisfies Record<keyof Activities, string>;

    expect(Object.entries(named satisfies Record<keyof Activities, keyof Activities>)).toEqual(
      Object.keys(activityNames).map((name) => [name, name]),
    );
  });
});

describe('workflowNames', () => {
  it('has the workflows that there are, and no other', () => {
    expect(Object.values(workflowNames).toSorted()).toEqual(Object.keys(workflows).toSorted());
    expect(Object.entries(workflows).every(([name, workflow]) => workflow.name === name)).toBe(true);
  });

  it('are written into a filter as Temporal reads them', () => {
    expect(ofWorkflow('applyPlan', 'rollOutNode')).toBe("WorkflowType IN ('applyPlan', 'rollOutNode')");
  });
});
