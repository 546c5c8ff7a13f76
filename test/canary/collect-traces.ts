import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowClient } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Trace } from './find-canaries.js';
import { watch } from './watch.js';

/** What the server has of every workflow: its history, its record (memo, search attributes), its line in the list. */
export async function tracesOfServer(client: WorkflowClient): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  for await (const { workflowId, runId, raw } of client.list()) {
    traces.push({ place: 'list', what: workflowId, text: JSON.stringify(raw) });
    const handle = client.getHandle(workflowId, runId);
    traces.push({ place: 'history', what: workflowId, text: historyToJSON(await handle.fetchHistory()) });
    traces.push({ place: 'record', what: workflowId, text: JSON.stringify((await handle.describe()).raw) });
  }
  return traces;
}

/** Watches what the server says of open workflows: heartbeats are nowhere else. */
export function watchHeartbeats(client: WorkflowClient): { readonly stop: () => Promise<readonly Trace[]> } {
  const seen = new Map<string, Trace>();
  const watching = watch(200, async () => {
    for await (const { workflowId, runId } of client.list({ query: "ExecutionStatus = 'Running'" })) {
      const { raw } = await client.getHandle(workflowId, runId).describe();
      const text = JSON.stringify(raw.pendingActivities ?? []);
      seen.set(text, { place: 'heartbeat', what: workflowId, text });
    }
  });
  return {
    async stop() {
      await watching.stop();
      return [...seen.values()];
    },
  };
}

/** Every file below a folder; none when there is no such folder. */
export async function tracesOfFolder(place: string, folder: string): Promise<readonly Trace[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => ({ place, what: file, text: await readFile(file, 'utf8') })));
}
