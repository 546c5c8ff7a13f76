import { root } from '../installation/config.js';
import { readEnvironment } from '../installation/environment.js';
import { createDependencies } from '../worker/dependencies.js';
import { runWorker } from '../worker/run-worker.js';
import { sweepRuns } from '../installation/runs-folder.js';
import { readTarget } from '../installation/target.js';
import { temporalConnection } from '../installation/temporal-profile.js';
import { recordOwnWorker } from './background.js';
import { installRehearsalTelemetry } from './bring-up/install-rehearsal-telemetry.js';
import { rehearsalFolder } from './rehearsal-folder.js';
import { simulatedDependencies } from './simulated/simulated-dependencies.js';
import { simulatedPaces } from './simulated/simulated-paces.js';

/**
 * The worker of a rehearsal: the second and last wiring. On real hosts it is the product's own worker with another EC2
 * endpoint; in a simulated rehearsal the systems are simulated ones.
 */
const target = await readTarget(root);
if (target === undefined) throw new Error('no rehearsal runs in this clone; start one: `npm start`');
const metrics = await installRehearsalTelemetry(target);
if (metrics !== undefined) process.stdout.write(`worker: metrics at http://${metrics}/metrics\n`);
const swept = await sweepRuns(target);
if (swept !== undefined) process.stdout.write(`${swept}\n`);
await recordOwnWorker(rehearsalFolder(root));
const simulated = target.kind === 'simulated';
await runWorker({
  ...temporalConnection(readEnvironment(), target),
  dependencies: simulated ? await simulatedDependencies(target) : await createDependencies(target),
  metrics: metrics !== undefined,
  ...(simulated ? { paces: simulatedPaces } : {}),
  onReady: () => process.stdout.write(`worker: polls at ${target.temporal.address}\n`),
});
