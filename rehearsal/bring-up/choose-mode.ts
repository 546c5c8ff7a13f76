import type { Target } from '../../installation/target.js';
import { RolloutError } from '../../model/rollout-error.js';

/** On what a rehearsal runs, and why on that, for a person. */
export interface Mode {
  readonly mode: 'real' | 'simulated';
  readonly why: string;
}

export interface ModeInput {
  /** The mode that the arguments name. */
  readonly asked: Mode['mode'] | undefined;
  /** The kind of the running rehearsal of this clone; `undefined` when none is up. */
  readonly up: Target['kind'] | undefined;
  /** Why this machine cannot have real hosts; `undefined` where it can. */
  readonly obstacle: string | undefined;
}

/**
 * On what a rehearsal runs: as somebody asked, else as the one that is up, else on real hosts where this machine can have them.
 * Fails with `InputInvalid` where the other kind is up, and where real hosts are asked for and impossible.
 */
export function chooseMode({ asked, up, obstacle }: ModeInput): Mode {
  const running = up === undefined ? undefined : up === 'simulated' ? 'simulated' : 'real';
  if (asked !== undefined && running !== undefined && asked !== running) {
    const found = running === 'real' ? 'one on real hosts' : 'a simulated one';
    throw new RolloutError(
      'InputInvalid',
      `--${asked}: ${found} is up in this clone; end it first: npm run rehearsal:down`,
    );
  }
  if (asked === 'simulated') return { mode: 'simulated', why: 'because of --simulated' };
  if (asked === 'real' && obstacle !== undefined) {
    throw new RolloutError('InputInvalid', `--real: this machine cannot have real hosts: ${obstacle}`);
  }
  if (running !== undefined) return { mode: running, why: 'like the rehearsal that is up in this clone' };
  if (obstacle !== undefined) return { mode: 'simulated', why: obstacle };
  return {
    mode: 'real',
    why: asked === 'real' ? 'because of --real' : 'this machine can have them; --simulated needs none',
  };
}
