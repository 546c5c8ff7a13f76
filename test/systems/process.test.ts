import { describe, expect, it } from 'vitest';
import { runBound } from '../../systems/process.js';

const env = { PATH: '/usr/bin:/bin' };

describe('runBound', () => {
  it('does not wait for ever for a child that neither ends nor lets go of our pipes', async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    // one in a session of its own keeps stdout open after the child is killed
    const script = 'trap "" TERM; setsid sh -c "echo $$ >&2; exec sleep 600" & echo up $!; exec sleep 600';

    const result = await runBound('sh', ['-c', script], {
      env,
      signal: controller.signal,
      graceMs: 200,
      onMessage: () => undefined,
      onLine(line) {
        lines.push(line);
        if (line.startsWith('up')) controller.abort();
      },
    });

    expect(result.exitCode).toBeUndefined();
    expect(result.problem).toBe('sh did not end within 0.2 s and was killed');
    const [, sleeper] = /^up (\d+)$/m.exec(lines.join('\n')) ?? [];
    process.kill(Number(sleeper), 'SIGKILL');
  });
});
