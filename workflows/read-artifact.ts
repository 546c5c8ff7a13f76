import { proxyActivities } from '@temporalio/workflow';
import type { ReadingActivities } from '../activities/read-artifact-part.js';
import { activityOptions } from './step/activity-options.js';
import type { ArtifactPart, ReadArtifactInput } from '../model/artifacts/artifact-part.js';
import { failingWithCause } from './workflow-failure.js';
import { parseReadInput } from './front-door/parse-input.js';

/** Hands one part of a plan or a log to a client that does not have the artifact store. Runs beside anything. */
export function readArtifact(given?: ReadArtifactInput): Promise<ArtifactPart> {
  return failingWithCause(() => probe.readArtifactPart(parseReadInput(given)));
}

const probe = proxyActivities<ReadingActivities>(activityOptions.probe);
