import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import { logLine, type LogForm } from './log-line.js';

/** The SDK's own lines about activities. `observeActivity` writes better ones: with step, outcome and type of failure. */
const replaced = new Set([
  'Activity started',
  'Activity completed',
  'Activity failed',
  'Activity completed as cancelled',
]);

/** Also what the bundler says, in many lines, of a bundle that it made well. */
function isNoise({ level, message }: LogEntry): boolean {
  return replaced.has(message) || (level === 'INFO' && message.includes('webpack'));
}

/** The one log of a worker: of its workflows, its activities, the SDK and the SDK's core. One event is one line. */
export function createLogger({
  form,
  write,
}: {
  readonly form: LogForm;
  readonly write: (text: string) => void;
}): Logger {
  return new DefaultLogger('INFO', (entry: LogEntry) => {
    if (entry.meta?.['sdkComponent'] === 'worker' && isNoise(entry)) return;
    write(`${logLine(entry, form)}\n`);
  });
}
