import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startDetached } from '../../systems/process.js';
import { endProcess, isRunning, recordProcess, signalPid, signalProcess } from '../../systems/recorded-process.js';

describe('a recorded process', () => {
  it('runs only with the start that was recorded: a later one with its pid is another', async () => {
    const self = await recordProcess(process.pid);
    const other = { pid: process.pid, startedAt: 'an earlier boot 1' };

    expect(self !== undefined && (await isRunning(self))).toBe(true);
    expect(await isRunning(other)).toBe(false);
    expect(await signalProcess(other, 'SIGKILL')).toBe(false);
  });

  it('is ended by force when it does not take TERM, and is gone afterwards', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'groundswell-process-'));
    const deaf = 'trap "" TERM; touch deaf; while :; do sleep 0.1; done';
    const pid = startDetached('sh', ['-c', deaf], { cwd: dir, logFile: join(dir, 'log') });
    const recorded = (await recordProcess(pid)) ?? { pid, startedAt: '' };
    await vi.waitFor(() => access(join(dir, 'deaf')), { timeout: 10_000 });
    expect(await isRunning(recorded)).toBe(true);

    await endProcess(recorded, 200);

    expect(await isRunning(recorded)).toBe(false);
    expect(signalPid(pid, 'SIGTERM')).toBe(false);
    await rm(dir, { recursive: true });
  });
});
