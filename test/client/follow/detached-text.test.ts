import { describe, expect, it } from 'vitest';
import { detachedText } from '../../../client/follow/detached-text.js';

describe('what Ctrl-C leaves behind', () => {
  it('is not said to go on where it will stop for an approval, which `up --yes` gives only while it is there', () => {
    expect(detachedText('planning')).toContain('until its plan waits for approval; npx groundswell approve');
  });

  it('goes on where its approval was the typed name of the cluster', () => {
    expect(detachedText('planning', true)).toContain('the run goes on');
  });

  it.each(['waiting for the cluster', 'applying', undefined] as const)('goes on otherwise: %s', (phase) => {
    expect(detachedText(phase)).toBe('detached: the run goes on; npx groundswell watch shows it again');
  });
});
