import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bridge } from '../../../rehearsal/bring-up/loopback-bridge.js';

describe('bridge', () => {
  it('asks anew for each connection where it goes, and closes one for which that cannot be told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'groundswell-bridge-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const ports = await Promise.all(['first', 'second'].map(greeting));
    const path = join(folder, 'door.sock');
    const door = await bridge({ path }, async () => {
      const port = ports.shift();
      if (port === undefined) throw new Error('nowhere');
      return Promise.resolve({ host: '127.0.0.1', port });
    });
    onTestFinished(() => void door.close());

    expect([await said(path), await said(path), await said(path)]).toEqual(['first', 'second', '']);
  });
});

/** A server that says its word to whoever comes. Returns its port. */
async function greeting(word: string): Promise<number> {
  const server = createServer((socket) => socket.end(word));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Everything that is said to who connects to a socket, until it is closed. */
function said(path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    socket.on('data', (data) => (text += String(data)));
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('error', () => undefined);
  });
}
