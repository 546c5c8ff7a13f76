import { describe, expect, it } from 'vitest';
import { parseRetrySummary, retrySummary } from '../../../model/names/retry-summary.js';

describe('parseRetrySummary', () => {
  it('reads back what was made, as histories have it since the first build', () => {
    const pause = { step: 'node/k8s-redis/join', failureType: 'KubeadmFailed' } as const;

    expect(retrySummary(pause)).toBe('node/k8s-redis/join: tries again after KubeadmFailed');
    expect(parseRetrySummary(retrySummary(pause))).toEqual(pause);
    expect(parseRetrySummary(retrySummary({ failureType: 'AwsUnavailable' }))).toEqual({
      failureType: 'AwsUnavailable',
    });
  });

  it('takes no other timer for a pause', () => {
    expect(parseRetrySummary('waits for the approval of plan 0123')).toBeUndefined();
    expect(parseRetrySummary('')).toBeUndefined();
  });
});
