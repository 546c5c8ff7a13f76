import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { withHeartbeat } from '../../activities/with-heartbeat.js';

describe('withHeartbeat', () => {
  it('heartbeats several times within the time-out, whatever that is, with what it is about', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 60 });
    const lines: unknown[] = [];
    const enough = Promise.withResolvers<undefined>();
    environment.on('heartbeat', (progress: unknown) => {
      lines.push(progress);
      if (lines.length === 4) enough.resolve(undefined);
    });

    await environment.run(() =>
      withHeartbeat(async ({ onProgress }) => {
        onProgress('joins');
        await enough.promise;
      }),
    );

    expect(lines.slice(0, 2)).toEqual([{}, { line: 'joins' }]);
  });
});
