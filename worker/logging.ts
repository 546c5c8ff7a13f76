import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import { logLine, type LogForm } from './log-line.js';
import { replayName } from './replay-open-runs.js';

/** The SDK's own lines about activities. `observeActivity` writes better ones: with step, outcome and type of failure. */
const replaced = new Set([
  'Activity started',
  'Activity completed',
  'Activity failed',
  'Activity completed as cancelled',
]);

/** Whether a line tells nothing, such as the many lines of the bundler about a good bundle. */
function isNoise({ level, message, meta }: LogEntry): boolean {
  if (level === 'INFO' && message.includes('webpack')) return true;
  // the worker that replays histories ends before the real one starts, and its line would look like the end of the real
  // one
  if (String(meta?.['taskQueue'] ?? '').startsWith(replayName) && level === 'INFO') return true;
  if (/^No (?:workflows|Nexus services) registered/.test(message)) return true;
  return meta?.['sdkComponent'] === 'worker' && replaced.has(message);
}

/**
 * Creates the one log of a worker: for its workflows, its activities, the SDK and the SDK's core. One event is one
 * line.
 */
export function createLogger({
  form,
  write,
}: {
  readonly form: LogForm;
  readonly write: (text: string) => void;
}): Logger {
  return new DefaultLogger('INFO', (entry: LogEntry) => {
    if (isNoise(entry)) return;
    write(`${logLine(entry, form)}\n`);
  });
}
