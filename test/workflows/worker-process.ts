import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import { readEnvironment, telemetryOf } from '../../installation/environment.js';
import { runWorker } from '../../worker/run-worker.js';
import { Target } from '../../installation/target.js';
import { installTelemetry } from '../../worker/telemetry.js';

/** A worker as a process of its own, so that a test can kill it: the target as JSON, then the path of the bundle. */
const [target = '', codePath = ''] = process.argv.slice(2);
const parsed = Target.parse(JSON.parse(target));
const telemetry = telemetryOf(readEnvironment());
installTelemetry(telemetry);
await runWorker({
  ...parsed.temporal,
  dependencies: await simulatedDependencies(parsed),
  workflowBundle: { codePath },
  metrics: telemetry.metrics !== undefined,
});
