import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { specJsonSchema } from '../../model/spec/json-schema.js';
import { isRecord } from '../../model/json/is-record.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, type SimulatedRehearsal } from './simulated-worker.js';
import { base, edits, type Edit } from './spec-mutations.js';

/** Paths of all fields of a schema that hold a value. */
function leaves(schema: unknown, path = ''): readonly string[] {
  if (!isRecord(schema)) return [path];
  const { anyOf, properties, items, additionalProperties: named } = schema;
  if (Array.isArray(anyOf)) return [...new Set(anyOf.flatMap((one) => leaves(one, path)))];
  if (isRecord(properties)) {
    return Object.entries(properties).flatMap(([name, one]) => leaves(one, path === '' ? name : `${path}.${name}`));
  }
  if (items !== undefined) return leaves(items, `${path}[]`);
  if (isRecord(named) && Object.keys(named).length > 0) return leaves(named, `${path}.*`);
  return [path];
}

function edited(text: string, all: readonly Edit[]): string {
  const document = parseDocument(text);
  for (const { at, value } of all) {
    if (value === undefined) document.deleteIn(at);
    else document.setIn(at, document.createNode(value));
  }
  return document.toString();
}

/** What a plan of a spec comes to: what it would change, what it remarks, or with which failure it is refused. */
async function planOf(rehearsal: SimulatedRehearsal, text: string): Promise<string> {
  const spec = join(dirname(rehearsal.target.spec), 'edited.yaml');
  await writeFile(spec, text);
  const workflowId = `plan-${String(performance.now())}`;
  const handle = await rehearsal.client.start('planCluster', { taskQueue, workflowId, args: [{ spec }] });
  const plan: PlanSkeleton | undefined = await handle.result().catch(() => undefined);
  if (plan === undefined) return `refused: ${(await failureOf(handle.result())).type}`;
  const { changes, remarks = 0 } = plan;
  return changes === 0 && remarks === 0 ? 'as the spec says' : `${changes} changes, ${remarks} remarks`;
}

describe('an edit of a single field of the spec of a cluster that is as the spec says', () => {
  it('has edits for every field of the schema', () => {
    expect(Object.keys(edits).toSorted()).toEqual([...leaves(specJsonSchema())].toSorted());
  });

  it('is a change, a remark or a refusal, whatever field it is', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const text = edited(await readFile(rehearsal.target.spec, 'utf8'), base);
    await writeFile(rehearsal.target.spec, text);
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    expect(await planOf(rehearsal, text)).toBe('as the spec says');

    const answers: string[] = [];
    for (const [field, all] of Object.entries(edits)) {
      for (const edit of all)
        answers.push(`${field} = ${JSON.stringify(edit.value)}: ${await planOf(rehearsal, edited(text, [edit]))}`);
    }

    expect(answers.filter((answer) => answer.endsWith('as the spec says'))).toEqual([]);
    expect(answers.filter((answer) => answer.includes('Unexpected'))).toEqual([]);
  });
});
