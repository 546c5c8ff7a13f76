import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again, with a pause after each look, until it is stopped; the last look ends before that does. */
export function watch(pauseMs: number, look: () => Promise<void>): { readonly stop: () => Promise<void> } {
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await look();
      await delay(pauseMs);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await watching;
    },
  };
}
