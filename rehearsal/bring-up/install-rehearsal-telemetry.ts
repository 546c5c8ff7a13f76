import { readEnvironment, telemetryOf } from '../../installation/environment.js';
import type { Target } from '../../installation/target.js';
import { installTelemetry } from '../../worker/telemetry.js';
import { freePort } from '../../systems/free-port.js';

/**
 * Sets log and metrics of the worker of a rehearsal up; returns where metrics are served. Without a setting, a
 * simulated rehearsal takes 9464 or any free port of 127.0.0.1. A rehearsal on real hosts then serves none, because
 * nobody outside its network namespace could read them.
 */
export async function installRehearsalTelemetry({ kind }: Target): Promise<string | undefined> {
  const configured = telemetryOf(readEnvironment());
  if (configured.metrics !== undefined || kind !== 'simulated') {
    installTelemetry(configured);
    return configured.metrics;
  }
  // somebody else may take the port between the look and the use; once is enough to go on with any other
  for (const wishes of [[9464], []]) {
    const metrics = `127.0.0.1:${await freePort(wishes)}`;
    try {
      installTelemetry({ ...configured, metrics });
      return metrics;
    } catch (error) {
      if (wishes.length === 0) throw error;
    }
  }
  return undefined;
}
