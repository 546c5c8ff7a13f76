import type { LogMetadata } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../worker/logging.js';

function logged(...lines: readonly (readonly [message: string, meta: LogMetadata])[]): readonly string[] {
  const written: string[] = [];
  const logger = createLogger({ form: 'text', write: (text) => written.push(text) });
  for (const [message, meta] of lines) logger.info(message, meta);
  return written;
}

describe('createLogger', () => {
  it('does not say that a worker stops before the real one has begun to poll', () => {
    const replay = { sdkComponent: 'worker', taskQueue: 'open-runs-0' };
    const real = { sdkComponent: 'worker', taskQueue: 'groundswell' };

    const lines = logged(
      ['Worker state changed', { ...replay, state: 'RUNNING' }],
      ['Worker state changed', { ...replay, state: 'STOPPING' }],
      ['Worker state changed', { ...replay, state: 'STOPPED' }],
      ['No Nexus services registered, not polling for Nexus tasks', real],
      ['Worker state changed', { ...real, state: 'RUNNING' }],
    );

    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('state=RUNNING');
  });
});
