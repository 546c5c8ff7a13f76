import { createServer } from 'node:net';

/**
 * The first of the wished ports of 127.0.0.1 on which nothing listens, else any free one. It may be taken by somebody
 * else before the caller uses it.
 */
export async function freePort(wishes: readonly number[]): Promise<number> {
  for (const port of wishes) {
    if ((await tryListen(port)) !== undefined) return port;
  }
  const port = await tryListen(0);
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => {
        resolve(bound);
      });
    });
  });
}
