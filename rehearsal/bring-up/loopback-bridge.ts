import { rm } from 'node:fs/promises';
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

/**
 * Carries connections from one place to another, both ways, until the server is closed. Where to may be asked anew for
 * each connection; one for which it cannot be told is closed.
 *
 * A rehearsal's worker lives in a network namespace of its own, from which only loopback and the hosts can be reached.
 * Unix sockets reach across network namespaces. A bridge inside turns the namespace's 127.0.0.1:PORT into a socket
 * file. A bridge outside turns the socket file into this machine's 127.0.0.1:PORT. So Temporal and the EC2 emulator
 * have one address for everybody, and no packet goes anywhere else.
 */
export async function bridge(
  from: ListenOptions,
  to: NetConnectOpts | (() => Promise<NetConnectOpts>),
): Promise<Server> {
  if (from.path !== undefined) await rm(from.path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    if (typeof to !== 'function') {
      carry(incoming, to);
      return;
    }
    to().then(
      (place) => {
        carry(incoming, place);
      },
      () => incoming.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(from, resolve);
  });
  return server;
}

function carry(incoming: Socket, to: NetConnectOpts): void {
  const outgoing = connect({ ...to, allowHalfOpen: true });
  for (const [one, other] of [
    [incoming, outgoing],
    [outgoing, incoming],
  ] as const) {
    one.setTimeout(0);
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

// run as a program in the worker's namespace: pairs of `PORT=SOCKET`, sockets relative to the working folder
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const pair of process.argv.slice(2)) {
    const [port = '', path = ''] = pair.split('=');
    await bridge({ host: '127.0.0.1', port: Number(port) }, { path });
  }
  process.stdout.write('ready\n');
}
