import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startMoto } from '../../../rehearsal/ec2-emulator/moto-backend.js';
import { freePort } from '../../../systems/free-port.js';
import { serve } from '../../crash/served.js';
import { motoServer, motoSkipped } from './emulated-ec2.js';

describe.skipIf(motoServer === undefined)(`startMoto${motoSkipped}`, () => {
  it('tries another port when somebody took its own, even one that answers as moto does', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'groundswell-moto-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const taken = await serve(createServer((_, response) => response.end('a moto of somebody else')));
    const tried: number[] = [];
    const port = async (): Promise<number> => {
      const next = tried.length === 0 ? Number(new URL(taken).port) : await freePort();
      tried.push(next);
      return next;
    };

    const moto = await startMoto({ motoServer: motoServer ?? '', dir, port });
    onTestFinished(() => moto.close());

    expect(tried).toHaveLength(2);
    expect(moto.url).toBe(`http://127.0.0.1:${String(tried[1])}`);
    expect(await (await fetch(`${moto.url}/moto-api/`)).text()).not.toContain('somebody else');
  });
});
