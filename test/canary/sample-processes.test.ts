import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sampleProcesses } from './sample-processes.js';

/** Time for a child to begin on a machine that does much else; given up, and no verdict about speed. */
const patienceMs = 60_000;

/** Runs a shell that forks and has a secret of its test alone, until the end of the test. A read of descriptor 3 waits as long. */
async function aShell(script: string, secret: string): Promise<number> {
  const shell = spawn('sh', ['-c', script], {
    env: { PATH: '/usr/bin:/bin', CANARY: secret },
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    detached: true,
  });
  onTestFinished(() => {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
  });
  if (shell.stdout !== null) await once(shell.stdout, 'data');
  return shell.pid ?? 0;
}

async function environmentsSeen(shell: number, secret: string): Promise<readonly string[]> {
  const traces = await sampleProcesses([shell]).stop();
  return traces.filter(({ place, text }) => place === 'environment' && text.includes(secret)).map(({ what }) => what);
}

describe('what a sampler sees of processes', () => {
  it('a child between fork and exec, which shows the environment of its parent, is no leak', async () => {
    const shell = await aShell('(read line <&3) & echo ready; wait', 'first-secret');
    expect(await environmentsSeen(shell, 'first-secret')).toEqual([]);
  });

  it(
    'a program that was given the secret is one',
    async () => {
      const shell = await aShell('sleep 600 & echo ready; wait', 'second-secret');
      // until it has begun, the child is the shell's own image
      const seen = await vi.waitUntil(
        async () => {
          const found = await environmentsSeen(shell, 'second-secret');
          return found.length > 0 && found;
        },
        { timeout: patienceMs },
      );

      expect(seen).toEqual([expect.stringContaining('sleep 600')]);
    },
    2 * patienceMs,
  );
});
