import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createPlanningActivities, type PlanningDependencies } from '../../../activities/planning/planning.js';
import type { PlanBody } from '../../../model/plan/plan.js';
import type { ClusterSpec } from '../../../model/spec/spec.js';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedSystems } from '../../../rehearsal/simulated/simulated-systems.js';
import { createWorld } from '../../../rehearsal/simulated/world.js';
import { createFolderArtifacts } from '../../../systems/artifacts/folder-artifacts.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { sha256 } from '../../builders.js';
import { runActivity } from '../cluster-dependencies.js';

/** What `makePlan` comes to for a spec, over simulated systems where nothing exists yet, some of them replaced. */
export async function planOf(spec: ClusterSpec, replaced: Partial<PlanningDependencies> = {}): Promise<PlanBody> {
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-planning-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const artifacts = createFolderArtifacts(folder);
  const world = createWorld({ durations: noDurations, faults: [], onEffect: () => undefined });
  const activities = createPlanningActivities({
    ...createSimulatedSystems(world, artifacts),
    artifacts,
    region: spec.region,
    searchAttributes: [],
    specs: { read: outOfScope },
    manifests: { render: outOfScope },
    identity: createHostIdentity('a secret of the test'),
    digest: sha256,
    temporal: { address: '127.0.0.1:7233', host: 'laptop' },
    secretDigest: (text) => sha256(`a key of the test ${text}`),
    ...replaced,
  });
  const artifact = await artifacts.put(JSON.stringify({ spec, folder }));
  const input = { cluster: spec.cluster, approval: spec.approval, artifact };
  const skeleton = await runActivity((given) => activities.makePlan(given), input);
  const body: PlanBody = JSON.parse(await artifacts.get(skeleton.artifact));
  return body;
}

function outOfScope(): never {
  throw new Error('this test has no business there');
}
