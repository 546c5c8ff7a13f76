import { connect } from 'node:net';
import type { CallOptions } from '../calls.js';

/** The kernel of a host answers within milliseconds, however busy the host is. */
const deadlineMs = 5_000;

/**
 * Whether a TCP port takes a connection, or at least refuses it: then the host is there. `false` when nothing answers in 5 s, or
 * the network says that the host is not there. Fails with an `AbortError` when the signal ends it.
 */
export function takesConnections(
  { address, port }: { readonly address: string; readonly port: number },
  { signal }: CallOptions = {},
): Promise<boolean> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: deadlineMs, ...(signal === undefined ? {} : { signal }) });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('timeout', () => {
      end(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(error);
      else end(error.code === 'ECONNREFUSED');
    });
  });
}
