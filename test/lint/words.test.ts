import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { queryNames, signalNames, updateNames } from '../../model/messages.js';
import { allActivityNames } from '../../model/names/activity-names.js';
import { allWorkflowNames } from '../../model/names/workflow-names.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';

/** The observer shares nothing with what it judges: it types its words itself. */
const folders = [
  ...['model', 'workflows', 'activities', 'systems', 'installation', 'worker', 'client', 'rehearsal', 'bench'],
];

interface Source {
  readonly file: string;
  readonly text: string;
}

/** Without comments, in which words are meant to stand, and without names of fields and messages that types check. */
const sources: readonly Source[] = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      file: join(folder, name),
      text: readFileSync(join(root, folder, name), 'utf8')
        .replaceAll(/\/\*.*?\*\//gs, '')
        .replaceAll(/^\s*\/\/.*$/gm, '')
        .replaceAll(/\b(?:Pick|Omit|MessageFact)<[^>]*>/gs, ''),
    })),
);

/** Files that have a word in quotes, alone or as a part of a query: `WorkflowType = 'applyPlan'`. */
function filesWith(word: string, among = sources): readonly string[] {
  const quoted = new RegExp(`['"]${word}['"]`);
  return among.filter(({ text }) => quoted.test(text)).map(({ file }) => file);
}

function elsewhere(words: readonly string[], home: (file: string) => boolean): readonly string[] {
  return words.flatMap((word) =>
    filesWith(word)
      .filter((file) => !home(file))
      .map((file) => `${word} in ${file}`),
  );
}

/**
 * Messages that are called as something else is too: a command, a state. Where one of them is read or sent, its type refuses
 * any other word.
 */
const ambiguous = ['amended', 'stop', 'parked', 'paused', 'approve', 'resolve', 'pause', 'resume', 'status'];

describe('words that cross rooms', () => {
  it.each(["name === 'applyPlan'", "`WorkflowType = 'applyPlan'`", '"applyPlan"'])('are found in %s', (text) => {
    expect(filesWith('applyPlan', [{ file: 'a', text }])).toEqual(['a']);
  });

  it('of workflows are typed in one module', () => {
    expect(elsewhere(allWorkflowNames, (file) => file === 'model/names/workflow-names.ts')).toEqual([]);
  });

  it('of activities are typed in the table of steps and in one module', () => {
    const homes = ['model/step-table.ts', 'model/names/activity-names.ts', 'model/names/activity-step.ts'];

    expect(elsewhere(allActivityNames, (file) => homes.includes(file))).toEqual([]);
  });

  it('of messages are typed in one module, and in the types of their definitions', () => {
    const homes = ['model/messages.ts', 'workflows/contract/messages.ts'];
    const words = [...Object.values(signalNames), ...Object.values(updateNames), ...Object.values(queryNames)];

    expect(
      elsewhere(
        words.filter((word) => !ambiguous.includes(word)),
        (file) => homes.includes(file),
      ),
    ).toEqual([]);
  });

  it('of messages are never sent, asked or defined by a word typed by hand', () => {
    const byHand =
      /\.(?:signal|query|executeUpdate|startUpdate)(?:<[^(]*>)?\(\s*['"`]|define(?:Signal|Query|Update)(?:<[^(]*>)?\(\s*['"`]/;

    expect(sources.filter(({ text }) => byHand.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('of search attributes are typed in one module', () => {
    expect(
      elsewhere(Object.keys(searchAttributes), (file) => file === 'workflows/contract/search-attributes.ts'),
    ).toEqual([]);
  });

  it('of labels, annotations, taints and tags are typed in one file each', () => {
    const keys = new Map<string, Set<string>>();
    for (const { file, text } of sources) {
      for (const [, key = ''] of text.matchAll(/['"`]((?:[a-z-]+\.)+(?:dev|io)\/[a-z][a-z-]*)['"`:=]/g)) {
        keys.set(key, (keys.get(key) ?? new Set()).add(file));
      }
    }
    const twice = [...keys]
      .filter(([, files]) => files.size > 1)
      .map(([key, files]) => `${key}: ${[...files].join(', ')}`);

    expect(keys.size).toBeGreaterThan(10);
    expect(twice).toEqual([]);
  });
});
