import { createServer, type Server } from 'node:net';

/**
 * Returns the first of the wished ports of 127.0.0.1 on which nothing listens, else any free port. Another process may
 * take the port before the caller uses it.
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

/**
 * Returns this many different free ports of 127.0.0.1. Holds all of them until it has the last; others may take them
 * soon after.
 */
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
