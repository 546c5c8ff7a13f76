import { describe, expect, it } from 'vitest';
import { showWorkers } from '../../../client/doctor/doctor-checks.js';

describe('showWorkers', () => {
  it('says when each worker polled last, and calls none of them alive', () => {
    const check = showWorkers('groundswell', [
      { identity: '41@here', secondsAgo: 2 },
      { identity: '40@here', secondsAgo: 58 },
    ]);

    expect(check).toEqual({
      name: 'worker',
      state: 'ok',
      found: '41@here polled 2 s ago, 40@here polled 58 s ago',
      from: 'task queue groundswell',
    });
  });

  it('misses a worker that nobody has seen, and says what to type', () => {
    expect(showWorkers('groundswell', [])).toMatchObject({ state: 'missing', advice: 'npx groundswell worker' });
  });
});
