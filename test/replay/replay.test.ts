import { Worker } from '@temporalio/worker';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { signalNames, updateNames, type SignalName } from '../../model/messages.js';
import { allActivityNames, type ActivityName } from '../../model/names/activity-names.js';
import { allWorkflowNames, type WorkflowName } from '../../model/names/workflow-names.js';
import { installQuietLogging } from '../workflows/simulated-worker.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import { readRecorded, recordedScenarios } from './recorded-histories.js';
import { scenarios } from './scenarios.js';

installQuietLogging();
const recorded = await recordedScenarios();
const names = scenarios.map(({ name }) => name);

/** What no recorded history has, because it came later. */
const younger: {
  readonly workflows: readonly WorkflowName[];
  readonly signals: readonly SignalName[];
  readonly activities: readonly ActivityName[];
} = {
  workflows: ['tearDownCluster', 'checkDrift'],
  signals: ['amended'],
  activities: [
    ...(['renewCertificates', 'takeWorldLock', 'leaveWorldLock', 'planTearDown', 'drainNode'] as const),
    ...(['removeUnit', 'endHost', 'removeNetworkPart', 'findResidue', 'findDifferences'] as const),
  ],
};

/**
 * Recorded from a real server by earlier builds. One that does not replay means that roll-outs which are open during an
 * upgrade would stand still: keep the old order behind `patched`, or give it up knowingly, with a line in the CHANGELOG
 * and `npm run record:histories`.
 */
describe('histories of earlier builds', () => {
  it('are there for every scenario, and for no other', () => {
    expect(recorded.toSorted()).toEqual(names.toSorted());
  });

  it.each(recorded)('replay: %s', async (name) => {
    const histories = (await readRecorded(name)).map(({ workflowId, history }) => ({
      workflowId,
      history: historyFromJSON(history),
    }));
    const refused: string[] = [];
    const replays = Worker.runReplayHistories({ workflowBundle: await workflowBundle() }, histories);
    for await (const { workflowId, error } of replays) {
      if (error !== undefined) refused.push(`${workflowId}: ${error.message}`);
    }
    expect(refused).toEqual([]);
    expect(histories.length).toBeGreaterThan(0);
  });

  it('have every workflow, every message and every answer in them', async () => {
    const text = JSON.stringify(await Promise.all(recorded.map(readRecorded)));
    const missing = [
      ...allWorkflowNames
        .filter((type) => !younger.workflows.includes(type))
        .map((type) => `"workflowType":{"name":"${type}"}`),
      ...Object.values(updateNames).map((update) => `"name":"${update}"`),
      ...Object.values(signalNames)
        .filter((signal) => !younger.signals.includes(signal))
        .map((signal) => `"signalName":"${signal}"`),
      ...allActivityNames
        .filter((activity) => !younger.activities.includes(activity))
        .map((activity) => `"activityType":{"name":"${activity}"}`),
    ].filter((mark) => !text.includes(mark));
    expect(missing).toEqual([]);
  });
});
