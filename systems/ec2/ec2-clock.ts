import type { EC2Client } from '@aws-sdk/client-ec2';
import { isRecord } from '../../model/is-record.js';

/**
 * Follows EC2's own clock by the answers to these clients; before the first answer, it is the clock of this machine. To
 * compare things of two machines, a time must not come from the machines themselves.
 */
export function followEc2Clock(clients: readonly EC2Client[]): () => Date {
  let aheadMs: number | undefined;
  for (const client of clients) {
    client.middlewareStack.add(
      (next) => async (input) => {
        const result = await next(input);
        const dateMs = Date.parse(dateHeader(result.response));
        // an answer gives whole seconds, rounded down, and travels for a while: the latest of all is the closest
        if (!Number.isNaN(dateMs)) aheadMs = Math.max(aheadMs ?? -Infinity, dateMs - performance.now());
        return result;
      },
      { step: 'initialize', name: 'followEc2Clock' },
    );
  }
  return () => (aheadMs === undefined ? new Date() : new Date(aheadMs + performance.now()));
}

function dateHeader(response: unknown): string {
  const headers = isRecord(response) && isRecord(response['headers']) ? response['headers'] : {};
  return typeof headers['date'] === 'string' ? headers['date'] : '';
}
