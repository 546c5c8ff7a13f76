import { gzipSync } from 'node:zlib';
import { RolloutError } from '../model/rollout-error.js';
import type { ArtifactStore } from '../systems/artifacts/artifacts.js';
import type { ArtifactPart, ReadArtifactInput } from '../model/artifacts/artifact-part.js';
import { planBody } from './plan-body.js';

export type ReadingActivities = ReturnType<typeof createReadingActivities>;

export interface ReadingDependencies {
  readonly artifacts: ArtifactStore;
}

/** Bytes of text in one part. Not even text that cannot be compressed comes near the 2 MB that Temporal takes. */
const partBytes = 512 * 1024;

/** Activities for clients without access to the worker's artifact store. */
export function createReadingActivities({ artifacts }: ReadingDependencies) {
  return {
    /**
     * Returns one part of a plan or a log. Of a plan the plan only: what it is carried out with may hold Secrets, which
     * belong into no history. Fails with `ArtifactMissing`, `PlanMissing` when the plan is another one, and `InputInvalid`
     * when what is read as a log is none.
     *
     * Repeat: safe; it only reads.
     */
    async readArtifactPart({ part, ...what }: ReadArtifactInput): Promise<ArtifactPart> {
      const text = await textOf(artifacts, what);
      return text === undefined ? { parts: 0 } : partOf(Buffer.from(text), part ?? 0);
    },
  };
}

async function textOf(artifacts: ArtifactStore, what: ReadArtifactInput): Promise<string | undefined> {
  if (what.growingLog !== undefined) return artifacts.growing.read(what.growingLog);
  if (what.log !== undefined) return logText(what.log, await artifacts.get(what.log));
  if (what.plan === undefined) return undefined;
  const { plan } = await planBody(artifacts, what.plan);
  if (plan.digest === what.plan.digest) return JSON.stringify(plan);
  throw new RolloutError('PlanMissing', `plan ${what.plan.digest}: ${what.plan.artifact} holds another plan`);
}

/** The store also has plans with their objects: only what begins as our logs do, by a time, is handed over as one. */
function logText(reference: string, text: string): string {
  if (/^\d\d:\d\d:\d\d /.test(text)) return text;
  throw new RolloutError('InputInvalid', `artifact ${reference}: expected a log, found something else`);
}

function partOf(bytes: Buffer, part: number): ArtifactPart {
  const parts = Math.max(1, Math.ceil(bytes.length / partBytes));
  const content = bytes.subarray(part * partBytes, (part + 1) * partBytes);
  return { parts, content: gzipSync(content).toString('base64') };
}
