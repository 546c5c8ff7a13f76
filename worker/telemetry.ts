import { Runtime, type MetricsExporterConfig } from '@temporalio/worker';
import { RolloutError } from '../model/rollout-error.js';
import type { TelemetryOptions } from '../installation/environment.js';
import { createLogger } from './logging.js';

/** Upper ends of the buckets of step seconds: a label takes part of a second, a bootstrap many minutes. */
const stepSeconds = [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600];

/**
 * Sets log and metrics of this process up, once and before any connection. The log goes to stderr and includes the
 * lines of the SDK's core. Prometheus metrics are at `http://<metrics>/metrics` if wanted.
 * Fails with `InputInvalid` when it cannot serve at that address.
 */
export function installTelemetry({ metrics, log }: TelemetryOptions): void {
  const form = log ?? (process.stderr.isTTY ? 'text' : 'json');
  const write = (text: string): void => void process.stderr.write(text);
  try {
    Runtime.install({
      logger: createLogger({ form, write }),
      telemetryOptions: {
        logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
        ...(metrics === undefined ? {} : { metrics: exporter(metrics) }),
      },
      shutdownSignals: ['SIGINT', 'SIGTERM'],
    });
  } catch (cause) {
    if (metrics === undefined) throw cause;
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new RolloutError(
      'InputInvalid',
      `GROUNDSWELL_METRICS=${metrics}: expected an address and a free port of this machine, such as 127.0.0.1:9464; found: ${why}`,
      { cause },
    );
  }
}

function exporter(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: { groundswell_step_duration: stepSeconds },
    },
  };
}
