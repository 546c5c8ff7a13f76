import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, it } from 'vitest';
import { aSimulatedRehearsal } from '../workflows/simulated-worker.js';
import { writeRecorded, type RecordedHistory } from './recorded-histories.js';
import { scenarios } from './scenarios.js';

/** `npm run record:histories`: plays every scenario against a real server and keeps its histories. */
it.each(scenarios)('records $name', async ({ name, faults, play }) => {
  const rehearsal = await aSimulatedRehearsal({
    server: 'real',
    spec: 'examples/three-nodes.yaml',
    ...(faults === undefined ? {} : { faults }),
  });
  await play(rehearsal);
  const histories: RecordedHistory[] = [];
  for await (const { workflowId, runId } of rehearsal.client.list()) {
    const history = await rehearsal.client.getHandle(workflowId, runId).fetchHistory();
    histories.push({ workflowId, history: JSON.parse(historyToJSON(history)) });
  }
  expect(histories.length).toBeGreaterThan(0);
  await writeRecorded(name, histories);
});
