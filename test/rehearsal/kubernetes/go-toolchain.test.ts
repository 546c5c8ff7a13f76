import { describe, expect, it } from 'vitest';
import { isNewEnough } from '../../../rehearsal/kubernetes/go-toolchain.js';

describe('isNewEnough', () => {
  it('takes Go 1.26 and newer only', () => {
    const versions = ['go1.25.9', 'go1.26', 'go1.26.8', 'go1.27.3', 'devel', ''];
    expect(versions.filter(isNewEnough)).toEqual(['go1.26', 'go1.26.8', 'go1.27.3']);
  });
});
