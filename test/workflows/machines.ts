import { readFile, writeFile } from 'node:fs/promises';
import { parseDocument, type Document } from 'yaml';
import { expect } from 'vitest';
import type { RollOutClusterResult } from '../../workflows/contract/inputs.js';
import { aSimulatedRehearsal, type SimulatedRehearsal, type SimulatedRehearsalOptions } from './simulated-worker.js';

/** A rehearsal of three nodes, rolled out. */
export async function aSettledRehearsal(options: SimulatedRehearsalOptions = {}): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', ...options });
  expect(await up(rehearsal)).toMatchObject({ outcome: 'done' });
  return rehearsal;
}

/** Rolls out with `approve: true`, and waits for the end. */
export async function up(rehearsal: SimulatedRehearsal, input: object = {}): Promise<RollOutClusterResult> {
  return (await rehearsal.rollOut({ approve: true, ...input })).result();
}

/** Edits the default spec as YAML. */
export async function editSpec(
  { target }: Pick<SimulatedRehearsal, 'target'>,
  edit: (document: Document) => void,
): Promise<void> {
  const document = parseDocument(await readFile(target.spec, 'utf8'));
  edit(document);
  await writeFile(target.spec, document.toString());
}

/** Takes `k8s-api-auth`, and the unit whose pods need it, out of the spec. */
export function removeAuth(rehearsal: Pick<SimulatedRehearsal, 'target'>): Promise<void> {
  return editSpec(rehearsal, (document) => {
    document.deleteIn(['nodes', 2]);
    document.deleteIn(['units', 1]);
  });
}

/** What happened to hosts and instances since a moment, without the reading of anything: `TerminateInstances k8s-redis`. */
export function hostEffects(rehearsal: SimulatedRehearsal, since = 0): readonly string[] {
  return rehearsal
    .effects()
    .slice(since)
    .flatMap(({ system, effect, node }) =>
      system === 'kubernetes' || node === undefined ? [] : [`${effect} ${node}`],
    );
}

/** Keys of the objects of the simulated cluster. */
export function objectsOf({ world }: SimulatedRehearsal): readonly string[] {
  return [...world.things.objects.keys()];
}
