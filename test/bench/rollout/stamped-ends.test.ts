import { describe, expect, it } from 'vitest';
import { stampedEnds } from '../../../bench/rollout/stamped-ends.js';

describe('stampedEnds', () => {
  it('takes the last host of each stage, in whatever order the lines come', () => {
    const lines = ['1764000000900 up b', '1764000000500 up a', '1764000001000 prepared a', '1764000002000 Ready'];

    expect(stampedEnds(lines)).toEqual({ up: 1764000000900, prepared: 1764000001000, Ready: 1764000002000 });
  });

  it('passes over lines of programs', () => {
    expect(stampedEnds(['Warning: prepared', '1764000000500 nothing a', ''])).toEqual({});
  });
});
