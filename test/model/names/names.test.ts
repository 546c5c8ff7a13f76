import { describe, expect, it } from 'vitest';
import type { createActivities } from '../../../activities/index.js';
import { allActivityNames, type ActivityName } from '../../../model/names/activity-names.js';
import { ofWorkflow, workflowNames } from '../../../model/names/workflow-names.js';
import * as workflows from '../../../workflows/index.js';

type Activities = ReturnType<typeof createActivities>;

describe('allActivityNames', () => {
  it('has the activities that there are, and no other', () => {
    // an activity without a name here, or a name without an activity, does not compile
    const both = (name: ActivityName): keyof Activities => name;
    const back = (name: keyof Activities): ActivityName => name;

    expect(new Set(allActivityNames.map(both).map(back)).size).toBe(allActivityNames.length);
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
