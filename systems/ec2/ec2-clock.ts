import type { EC2Client } from '@aws-sdk/client-ec2';
import { isRecord } from '../../model/is-record.js';

/**
 * EC2's own clock, as its last answer through one of these clients told it, to the second; before the first answer, the
 * clock of this machine. A time by which things of two machines are compared must not come from the machines themselves.
 */
export function followEc2Clock(clients: readonly EC2Client[]): () => Date {
  let told: { readonly dateMs: number; readonly atMs: number } | undefined;
  for (const client of clients) {
    client.middlewareStack.add(
      (next) => async (input) => {
        const result = await next(input);
        const dateMs = Date.parse(dateHeader(result.response));
        if (!Number.isNaN(dateMs)) told = { dateMs, atMs: performance.now() };
        return result;
      },
      { step: 'initialize', name: 'followEc2Clock' },
    );
  }
  return () => (told === undefined ? new Date() : new Date(told.dateMs + performance.now() - told.atMs));
}

function dateHeader(response: unknown): string {
  const headers = isRecord(response) && isRecord(response['headers']) ? response['headers'] : {};
  return typeof headers['date'] === 'string' ? headers['date'] : '';
}
