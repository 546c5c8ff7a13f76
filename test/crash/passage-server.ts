import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { AnswerLost, type Passage } from '../../rehearsal/simulated/serve-systems.js';
import { bodyOf, serve } from './served.js';

const Call = z.object({ system: z.string(), method: z.string(), args: z.array(z.unknown()), caller: z.string() });
const Performed = z.object({ id: z.number(), ok: z.boolean() });

/** A call that a worker performs: told by it when it was, and whether its answer counts. */
interface Performance {
  readonly performed: PromiseWithResolvers<undefined>;
  readonly lost: PromiseWithResolvers<boolean>;
}

/**
 * Serves a passage to workers that perform their calls themselves (`struckBy`): `POST /call` is answered when the call may
 * be performed, or is lost; `POST /performed` when its answer may reach the activity. Ended with the test. Returns its root URL.
 */
export function servePassage(passage: Passage): Promise<string> {
  const performances = new Map<number, Performance>();
  let calls = 0;

  async function call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    const asked = Call.parse(await bodyOf(request));
    const id = (calls += 1);
    const performance: Performance = { performed: Promise.withResolvers(), lost: Promise.withResolvers() };
    const perform = (): Promise<undefined> => {
      performances.set(id, performance);
      answer(response, { perform: true, id });
      return performance.performed.promise;
    };
    const lost = await passage({ ...asked, gone: gone.signal }, perform).then(
      () => false,
      (error: unknown) => error instanceof AnswerLost,
    );
    if (!performances.has(id)) answer(response, { perform: !lost, id });
    performance.lost.resolve(lost);
  }

  async function performed(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { id, ok } = Performed.parse(await bodyOf(request));
    const performance = performances.get(id);
    if (ok) performance?.performed.resolve(undefined);
    else performance?.performed.reject(new Error('the call failed'));
    answer(response, { lost: (await performance?.lost.promise) ?? false });
  }

  const server = createServer((request, response) => {
    const done = request.url === '/call' ? call(request, response) : performed(request, response);
    done.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return serve(server);
}

function answer(response: ServerResponse, body: unknown): void {
  response.writeHead(200).end(JSON.stringify(body));
}
