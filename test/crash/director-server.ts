import { createServer } from 'node:http';
import type { Director } from './director.js';
import { bodyOf, serve } from './served.js';
import { Told } from './watched-activities.js';

/** Serves a director to the worker process that it watches; ended with the test. Returns its root URL. */
export function serveDirector(director: Director): Promise<string> {
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    void (async () => {
      const go = await director.answer((request.url ?? '').slice(1), Told.parse(await bodyOf(request)), gone.signal);
      response.writeHead(200).end(JSON.stringify({ go }));
    })().catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return serve(server);
}
