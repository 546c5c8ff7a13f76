import { describe, expect, it, vi } from 'vitest';
import { createRunLog } from '../../../systems/ansible/run-log.js';
import type { ArtifactStore } from '../../../systems/artifacts/artifacts.js';

interface MemoryStore extends ArtifactStore {
  readonly stored: string[];
  readonly grown: Map<string, string>;
  /** How often a growing log was saved. */
  saves: number;
  refuses: boolean;
}

function memoryStore(pauseMs = 0): MemoryStore {
  const refuse = (): void => {
    if (store.refuses) throw new Error('no space left');
  };
  const store: MemoryStore = {
    stored: [],
    grown: new Map(),
    saves: 0,
    refuses: false,
    put: async (text) => {
      refuse();
      store.stored.push(text);
      return `sha256:${store.stored.length}`;
    },
    get: async () => '',
    growing: {
      pauseMs,
      save: async (name, text) => {
        refuse();
        store.saves += 1;
        store.grown.set(name, text);
      },
      read: async (name) => store.grown.get(name),
      remove: async (name) => void store.grown.delete(name),
    },
  };
  return store;
}

const heading = 'playbook join on k8s-redis';

describe('createRunLog', () => {
  it('can be read under its name while it grows, each line with its time and without its secrets', async () => {
    const store = memoryStore();
    const log = createRunLog({ store, name: 'run', secrets: ['hunter22'], heading });

    log.add('TASK [join]');
    log.add('the password is hunter22');

    await vi.waitFor(() => {
      expect(store.grown.get('run')).toContain('TASK [join]\n');
    }, 15_000);
    await vi.waitFor(() => {
      expect(store.grown.get('run')).toMatch(/^\d\d:\d\d:\d\d the password is \*\*\*$/m);
    }, 15_000);
    expect(store.grown.get('run')).not.toContain('hunter22');
    await log.leave('');
  });

  it('is stored by content when it ends, and gone from its name', async () => {
    const store = memoryStore();
    const log = createRunLog({ store, name: 'run', secrets: [], heading });
    log.add('TASK [join]');

    expect(await log.end('done')).toBe('sha256:1');

    expect(store.grown.size).toBe(0);
    const lines = (store.stored[0] ?? '').trimEnd().split('\n');
    expect(lines.map((line) => line.slice(9))).toEqual([expect.stringContaining(heading), 'TASK [join]', 'done']);
  });

  it('stays under its name when it is cut off', async () => {
    const store = memoryStore(60_000);
    const log = createRunLog({ store, name: 'run', secrets: [], heading });
    log.add('TASK [join]');

    await log.leave('cut off');

    expect(store.stored).toEqual([]);
    expect(store.grown.get('run')).toMatch(/TASK \[join\]\n.*cut off\n$/);
  });

  it('is saved no more often than the store wants', async () => {
    const store = memoryStore(60_000);
    const log = createRunLog({ store, name: 'run', secrets: [], heading });
    for (let line = 0; line < 1000; line += 1) log.add(`line ${line}`);

    await log.leave('cut off');

    expect(store.saves).toBe(2);
  });

  it('does not fail the run when the store refuses it', async () => {
    const store = memoryStore();
    store.refuses = true;
    const log = createRunLog({ store, name: 'run', secrets: [], heading });
    log.add('TASK [join]');

    expect(await log.end('done')).toBeUndefined();
  });

  it('keeps beginning and end of a log that never stops, and says how much is left out', async () => {
    const store = memoryStore();
    const log = createRunLog({ store, secrets: [], heading });
    for (let line = 0; line < 40_000; line += 1) log.add(`line ${line} ${'x'.repeat(50)}`);

    await log.end('done');

    const [text = ''] = store.stored;
    expect(text.length).toBeLessThan(1.1 * 1024 * 1024);
    expect(text).toContain('line 0 ');
    expect(text).toContain('line 39999 ');
    const [, left = ''] = /… (\d+) lines left out/.exec(text) ?? [];
    expect(Number(left) + text.trimEnd().split('\n').length - 1).toBe(40_002);
  });
});
