import type { IncomingMessage, Server } from 'node:http';
import { onTestFinished } from 'vitest';

/** Ends a server with the test, once it listens. Returns its root URL. */
export function served(server: Server): string {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** Listens at a free port of loopback until the end of the test. Returns the root URL. */
export async function serve(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return served(server);
}

/** The body of a request, which is JSON. */
export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return JSON.parse(body);
}
