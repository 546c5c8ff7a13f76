import { describe, expect, it } from 'vitest';
import { chooseMode } from '../../../rehearsal/bring-up/choose-mode.js';

const nothing = { asked: undefined, up: undefined, obstacle: undefined };

describe('chooseMode', () => {
  it('stays simulated after a simulated rehearsal, and does not build for minutes without a word', () => {
    expect(chooseMode({ ...nothing, up: 'simulated' })).toEqual({
      mode: 'simulated',
      why: 'like the rehearsal that is up in this clone',
    });
    expect(chooseMode({ ...nothing, up: 'rehearsal' }).mode).toBe('real');
  });

  it('takes real hosts where the machine can have them, else simulated systems with the reason', () => {
    expect(chooseMode(nothing).mode).toBe('real');
    expect(chooseMode({ ...nothing, obstacle: 'not root' })).toEqual({ mode: 'simulated', why: 'not root' });
    expect(chooseMode({ ...nothing, asked: 'simulated' }).mode).toBe('simulated');
  });

  it.each([
    { asked: 'real', up: 'simulated', found: '--real: a simulated one is up' },
    { asked: 'simulated', up: 'rehearsal', found: '--simulated: one on real hosts is up' },
  ] as const)('refuses $asked while $up is up, and says what ends it', ({ asked, up, found }) => {
    expect(() => chooseMode({ ...nothing, asked, up })).toThrow(found);
    expect(() => chooseMode({ ...nothing, asked, up })).toThrow('npm run rehearsal:down');
  });

  it('does not fall back where real hosts are asked for', () => {
    expect(() => chooseMode({ ...nothing, asked: 'real', obstacle: 'not root' })).toThrow(
      '--real: this machine cannot have real hosts: not root',
    );
  });
});
