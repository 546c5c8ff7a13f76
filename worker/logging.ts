import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';

/** One JSON object a line on stderr; the level is `WARN` unless told otherwise. Call it once, before any connection. */
export function installLogging(level: 'INFO' | 'WARN' = 'WARN'): void {
  Runtime.install({
    logger: new DefaultLogger(level, (entry) => {
      process.stderr.write(`${line(entry)}\n`);
    }),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' } } },
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  });
}

function line({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  return JSON.stringify({ time, level, message, ...meta }, (_key, value: unknown) =>
    value instanceof Error ? value.message : typeof value === 'bigint' ? value.toString() : value,
  );
}
