import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNarrator, type Look } from '../../../client/follow/narrator.js';
import { createOutput } from '../../../client/output.js';
import { captured } from '../captured-streams.js';

describe('a narrator in a pipe', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0, toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it('is not silent while planning takes long: it says every half minute what is still waited for', () => {
    const stdout = captured();
    const narrator = createNarrator({
      output: createOutput({ stdout, stderr: captured(), color: false }),
      cluster: 'ecoeco',
    });
    const planning: Look = { door: { phase: 'planning', note: 'tries again: AWS is throttling' } };

    for (const seconds of [0, 10, 31, 40, 62]) {
      vi.setSystemTime(seconds * 1_000);
      narrator.show(planning);
    }

    const said = stdout.text().trimEnd().split('\n');
    expect(said.map((line) => line.slice('00:00:00  '.length))).toEqual([
      'planning: tries again: AWS is throttling',
      'still planning: tries again: AWS is throttling',
      'still planning: tries again: AWS is throttling',
    ]);
  });
});
