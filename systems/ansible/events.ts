import { z } from 'zod';

const HostStats = z.object({
  ok: z.number(),
  changed: z.number(),
  failures: z.number(),
  unreachable: z.number(),
});

const result = { host: z.string(), task: z.string(), action: z.string() };
const failure = {
  message: z.string().default(''),
  exitCode: z.number().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
};

const PlaybookEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('play'), name: z.string() }),
  z.object({ event: z.literal('no_hosts') }),
  z.object({ event: z.literal('task'), task: z.string(), action: z.string() }),
  z.object({ event: z.literal('ok'), ...result, changed: z.boolean() }),
  z.object({ event: z.literal('skipped'), ...result }),
  z.object({ event: z.literal('failed'), ...result, ...failure, ignored: z.boolean() }),
  z.object({ event: z.literal('unreachable'), ...result, ...failure }),
  z.object({ event: z.literal('retry'), ...result, attempt: z.number().nullish(), retries: z.number().nullish() }),
  z.object({ event: z.literal('item_ok'), ...result, changed: z.boolean() }),
  z.object({ event: z.literal('item_failed'), ...result, ...failure }),
  z.object({ event: z.literal('stats'), hosts: z.record(z.string(), HostStats) }),
]);

/** One event of our callback plugin (`ansible/callback_plugins/groundswell_events.py`), with masked secrets. */
export type PlaybookEvent = z.infer<typeof PlaybookEvent>;
export type FailedEvent = Extract<PlaybookEvent, { event: 'failed' }>;
export type UnreachableEvent = Extract<PlaybookEvent, { event: 'unreachable' }>;

/**
 * Parses the event of one line, and masks every text in it. Returns `undefined` when the line is no event but belongs
 * to the log.
 */
export function parseEvent(line: string, mask: (text: string) => string = (text) => text): PlaybookEvent | undefined {
  try {
    const masked: unknown = JSON.parse(line, (_key, value: unknown) => (typeof value === 'string' ? mask(value) : value));
    return PlaybookEvent.safeParse(masked).data;
  } catch {
    return undefined;
  }
}

/** Describes the work of a running playbook, for progress; `undefined` when the event needs no line. */
export function progressLine(event: PlaybookEvent): string | undefined {
  switch (event.event) {
    case 'task':
      return event.task;
    case 'retry':
      return `${event.task}: try ${event.attempt ?? '?'}`;
    case 'failed':
    case 'unreachable':
      return `${event.task}: ${event.event}`;
    default:
      return undefined;
  }
}
