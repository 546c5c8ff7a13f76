import type { EC2Client } from '@aws-sdk/client-ec2';
import { isRecord } from '../../model/is-record.js';

/**
 * EC2's own clock, as its answers through these clients tell it; before the first answer, the clock of this machine. A time by
 * which things of two machines are compared must not come from the machines themselves.
 */
export function followEc2Clock(clients: readonly EC2Client[]): () => Date {
  let aheadMs: number | undefined;
  for (const client of clients) {
    client.middlewareStack.add(
      (next) => async (input) => {
        const result = await next(input);
        const dateMs = Date.parse(dateHeader(result.response));
        // whole seconds, cut off, and on the way for a while: the latest of all is the closest
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
