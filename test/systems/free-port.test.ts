import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, freePorts } from '../../systems/free-port.js';

let taken: Server | undefined;
afterEach(async () => {
  if (taken !== undefined) await new Promise((resolve) => taken?.close(resolve));
  taken = undefined;
});

async function takeAPort(): Promise<number> {
  const server = createServer();
  taken = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('freePort', () => {
  it('gives the first wish on which nothing listens', async () => {
    const busy = await takeAPort();
    const wish = await freePort();

    expect(await freePort([busy, wish])).toBe(wish);
  });

  it('gives another port when all wishes are taken', async () => {
    const busy = await takeAPort();

    const port = await freePort([busy]);

    expect(port).toBeGreaterThan(0);
    expect(port).not.toBe(busy);
  });
});

describe('freePorts', () => {
  it('gives as many ports as asked for, no two the same', async () => {
    const ports = await freePorts(20);

    expect(new Set(ports).size).toBe(20);
  });
});
