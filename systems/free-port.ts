import { createServer, type Server } from 'node:net';

/**
 * The first of the wished ports of 127.0.0.1 on which nothing listens, else any free one. It may be taken by somebody
 * else before the caller uses it.
 */
export async function freePort(wishes: readonly number[] = []): Promise<number> {
  for (const port of wishes) {
    const server = await listening(port);
    if (server === undefined) continue;
    await closed(server);
    return port;
  }
  const [port = 0] = await freePorts(1);
  return port;
}

/** As many different free ports of 127.0.0.1: all are held until the last is known. They may be taken soon after. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const tried = await Promise.all(Array.from({ length: count }, () => listening(0)));
  const servers = tried.filter((server) => server !== undefined);
  const addresses = servers.map((server) => server.address());
  await Promise.all(servers.map(closed));
  const ports = addresses.flatMap((address) => (typeof address === 'object' && address !== null ? [address.port] : []));
  if (ports.length < count)
    throw new Error(`expected ${String(count)} free ports on 127.0.0.1, found ${String(ports.length)}`);
  return ports;
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      resolve(server);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
