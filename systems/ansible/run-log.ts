import { setTimeout as delay } from 'node:timers/promises';
import type { ArtifactStore } from '../artifacts/artifacts.js';
import { createMasker } from './mask-secrets.js';

/** The log of one run, line by line. The log grows in the artifact store, so that it survives a killed worker. */
export interface RunLog {
  readonly add: (line: string) => void;
  /**
   * Ends the log and stores it by its content. Returns its reference, or `undefined` when the store refuses the log.
   */
  end(closing: string): Promise<string | undefined>;
  /** Ends the log of a cut-off run. Nobody would get its reference, so the log stays under its name. */
  leave(closing: string): Promise<void>;
}

export interface RunLogOptions {
  readonly store: ArtifactStore;
  /** Name under which the log grows; without a name it does not grow. */
  readonly name?: string | undefined;
  /** Values that never enter the log. */
  readonly secrets: readonly string[];
  /** First line: the playbook and its place. */
  readonly heading: string;
}

/** How many characters a log keeps of its beginning and of its end; it leaves out the middle. */
const longestBeginning = 256 * 1024;
const longestEnd = 768 * 1024;

/** Starts a log. Adds the time (UTC) to every line and masks its secrets before anything else sees the line. */
export function createRunLog({ store, name, secrets, heading }: RunLogOptions): RunLog {
  const mask = createMasker(secrets);
  const text = boundedText();
  const ended = new AbortController();
  let unsaved = false;
  let saving: Promise<void> = Promise.resolve();
  let isSaving = false;

  const save = (): Promise<void> =>
    name === undefined ? Promise.resolve() : store.growing.save(name, text.read()).catch(() => undefined);
  async function saveAll(): Promise<void> {
    while (unsaved && !ended.signal.aborted) {
      unsaved = false;
      await save();
      await delay(store.growing.pauseMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    isSaving = false;
  }
  function add(line: string): void {
    text.add(`${new Date().toISOString().slice(11, 19)} ${mask(line)}`);
    unsaved = true;
    if (isSaving) return;
    isSaving = true;
    saving = saveAll();
  }
  async function close(closing: string): Promise<void> {
    add(closing);
    ended.abort();
    await saving;
  }

  add(`${heading}, ${new Date().toISOString()}`);
  return {
    add,
    async end(closing) {
      await close(closing);
      try {
        const reference = await store.put(text.read());
        if (name !== undefined) await store.growing.remove(name).catch(() => undefined);
        return reference;
      } catch {
        await save();
        return undefined;
      }
    },
    async leave(closing) {
      await close(closing);
      await save();
    },
  };
}

/** Collects whole lines, and never more than about 1 MiB of them. */
function boundedText() {
  const beginning: string[] = [];
  const end: string[] = [];
  let beginningLength = 0;
  let endLength = 0;
  let leftOut = 0;
  return {
    add(line: string): void {
      if (end.length === 0 && leftOut === 0 && beginningLength + line.length < longestBeginning) {
        beginning.push(line);
        beginningLength += line.length + 1;
        return;
      }
      end.push(line.length < longestEnd ? line : `${line.slice(0, longestEnd / 2)} …`);
      endLength += (end.at(-1)?.length ?? 0) + 1;
      while (endLength > longestEnd) {
        endLength -= (end.shift()?.length ?? 0) + 1;
        leftOut += 1;
      }
    },
    read(): string {
      const gap = leftOut === 0 ? [] : [`… ${leftOut} lines left out: the log is longer than 1 MiB …`];
      return [...beginning, ...gap, ...end, ''].join('\n');
    },
  };
}
