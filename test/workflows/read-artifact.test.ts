import { describe, expect, it } from 'vitest';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { ArtifactPart } from '../../model/artifacts/artifact-part.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, type SimulatedRehearsal } from './simulated-worker.js';

const spec = 'examples/one-node.yaml';

async function read({ client }: SimulatedRehearsal, input: unknown): Promise<ArtifactPart> {
  return client.execute<(given: unknown) => Promise<ArtifactPart>>('readArtifact', {
    taskQueue,
    workflowId: 'read',
    args: [input],
  });
}

describe('readArtifact', () => {
  const reference = { cluster: 'one', digest: 'sha256:d', artifact: 'sha256:a' };

  it.each([
    [undefined, 'expected exactly one of plan, log, growingLog'],
    [null, 'expected an object such as {}, found null'],
    [{}, 'expected exactly one of plan, log, growingLog'],
    [{ plan: reference, log: 'sha256:a' }, 'expected exactly one of plan, log, growingLog'],
    [{ plan: { cluster: 'one' } }, 'plan: expected cluster, digest and artifact of a plan'],
    [{ log: 'sha256:a', part: -1 }, 'part: expected a whole number from 0, found -1'],
    [{ file: '/etc/passwd' }, '"file": expected one of plan, log, growingLog, part'],
  ])('refuses %j with one sentence', async (input, says) => {
    const rehearsal = await aSimulatedRehearsal({ spec });

    const failure = await failureOf(read(rehearsal, input));

    expect(failure).toMatchObject({ type: 'InputInvalid', message: expect.stringContaining(says) });
  });

  it('hands what is no log over as one to nobody: plans lie there too, with the Secrets of their units', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec });
    const log = await createFolderArtifacts(rehearsal.target.artifacts).put('{"plan":{},"units":[{"kind":"Secret"}]}');

    const failure = await failureOf(read(rehearsal, { log }));

    expect(failure).toEqual({ type: 'InputInvalid', message: `artifact ${log}: expected a log, found something else` });
  });

  it('leads out of the folder of logs by no name', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec });

    const failure = await failureOf(read(rehearsal, { growingLog: '../worker-secret' }));

    expect(failure).toMatchObject({ type: 'InputInvalid' });
  });

  it('says that there is no such growing log', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec });

    expect(await read(rehearsal, { growingLog: 'nobody-wrote-it' })).toEqual({ parts: 0 });
  });
});
