import { describe, expect, it } from 'vitest';
import { root } from '../../../installation/config.js';
import { exitCodeOfClosedPipe } from '../../../client/cli/closed-pipe.js';
import { runProcess } from '../../../systems/process.js';

describe('a command whose reader closes the pipe', () => {
  it.each([[['up', '--yes']], [['watch']], [['status', '-w']], [['status', '--cluster', 'demo', '--watch']]])(
    'leaves the roll-out that it follows, and does not call it done: %j',
    (args) => {
      expect(exitCodeOfClosedPipe(args)).toBe(130);
    },
  );

  it.each([[['plan']], [['status']], [['doctor', '-o', 'json']], [[]]])('runs to its own exit code: %j', (args) => {
    expect(exitCodeOfClosedPipe(args)).toBeUndefined();
  });

  it('does not end well because nobody read that it failed', async () => {
    const nobody = `exec 3>&1; { "$0" "$@" 2>/dev/null; echo "rc $?" >&3; } | true`;
    const program = [process.execPath, 'bin/start.mjs', 'client/cli/main.ts'];
    const fails = ['status', '-o', 'json'];
    const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { stdout } = await runProcess('bash', ['-c', nobody, ...program, ...fails], { cwd: root, env });

    expect(stdout.trim()).toBe('rc 5');
  });
});
