import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeKey } from '../../../rehearsal/kubernetes/store-key.js';

let modulesDir = '';
beforeEach(async () => {
  modulesDir = await mkdtemp(join(tmpdir(), 'store-key-'));
  await mkdir(join(modulesDir, 'kube'));
  await writeFile(join(modulesDir, 'kube', 'go.mod'), 'module kube\n');
  await writeFile(join(modulesDir, 'kube', 'main.go'), 'package main\n');
});
afterEach(() => rm(modulesDir, { recursive: true }));

const key = (changes: { origin?: string; recipe?: string } = {}): Promise<string> =>
  storeKey({ modulesDir, origin: 'go1.26.8', recipe: '1', ...changes });

describe('storeKey', () => {
  it('is the same for the same input, and short', async () => {
    expect(await key()).toBe(await key());
    expect(await key()).toMatch(/^[0-9a-f]{16}$/);
  });

  it('changes with the compiler and with the recipe', async () => {
    expect(new Set([await key(), await key({ origin: 'go1.27.0' }), await key({ recipe: '2' })]).size).toBe(3);
  });

  it('changes when a module, its lock file or its code changes', async () => {
    const keys = [await key()];
    await writeFile(join(modulesDir, 'kube', 'main.go'), 'package main // changed\n');
    keys.push(await key());
    await writeFile(join(modulesDir, 'kube', 'go.sum'), 'example.org v1 h1:=\n');
    keys.push(await key());
    expect(new Set(keys).size).toBe(3);
  });

  it('does not change for other files', async () => {
    const before = await key();
    await writeFile(join(modulesDir, 'kube', 'NOTES.md'), 'text\n');
    expect(await key()).toBe(before);
  });
});
