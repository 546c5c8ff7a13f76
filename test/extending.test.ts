import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../installation/config.js';

interface Kind {
  /** How code names the example. */
  readonly names: RegExp;
  /** Where code may name it. Default: everything but tests, and the tables that the compiler asks a test for. */
  readonly folders?: readonly string[];
  /** As few files as the kind is to take. */
  readonly atMost: number;
}

const everywhere = [
  ...['model', 'workflows', 'activities', 'systems', 'installation', 'worker', 'client'],
  ...['rehearsal', 'observer', 'bench', 'test/crash'],
];

const kinds: Readonly<Record<string, Kind>> = {
  'A step of a node': { names: /\blabelNode\b|'labelled'|^\s*labelled[:(]/m, atMost: 4 },
  'A verb': {
    names: /'pause'|\bpauseUpdate\b|\baddPause\b|\breadonly pause:|\bpause\(by\b/,
    folders: ['model', 'workflows', 'activities', 'worker', 'client'],
    atMost: 12,
  },
  'An EC2 resource': { names: /[iI]nternet-?[gG]ateway/, atMost: 6 },
  'A health rule': { names: /[sS]tatefulSet/, atMost: 3 },
  'A unit source': {
    names: /\bunit\.manifests\b|'manifests'|\bmanifests: z\b|\bcreateFolderManifests\b/,
    folders: ['model', 'activities', 'systems', 'worker', 'client', 'rehearsal/bring-up', 'rehearsal/simulated'],
    atMost: 5,
  },
};

const page = readFileSync(join(root, 'docs/extending.md'), 'utf8');

/** The files that a part of the page lists. */
function listed(title: string): { readonly needed: readonly string[]; readonly possible: readonly string[] } {
  const [, part = ''] = page.split(`## ${title}\n`);
  const [text = ''] = part.split('\n## ');
  const paths = (item: RegExp): readonly string[] => [...text.matchAll(item)].map(([, path = '']) => path);
  return { needed: paths(/^\d+\. `([^`]+)`/gm), possible: paths(/^- `([^`]+)`/gm) };
}

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** The code of a file: what comments say of a thing needs no change when another is added. */
function codeOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

describe('docs/extending.md', () => {
  it('has a list for each kind, and for no other', () => {
    const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);

    expect(titles).toEqual(Object.keys(kinds));
  });

  it.each(Object.entries(kinds))('lists what names the example, and nothing else: %s', (title, kind) => {
    const { needed, possible } = listed(title);
    const naming = (kind.folders ?? everywhere).flatMap(sourcesUnder).filter((file) => kind.names.test(codeOf(file)));

    expect(naming.filter((file) => !needed.includes(file) && !possible.includes(file))).toEqual([]);
    expect(needed.filter((file) => file.endsWith('.ts') && !naming.includes(file))).toEqual([]);
  });

  it.each(Object.entries(kinds))('takes no more files than it should: %s', (title, { atMost }) => {
    const { needed } = listed(title);

    expect(needed.length).toBeGreaterThan(0);
    expect(needed.length).toBeLessThanOrEqual(atMost);
  });

  it('names only files and folders that are there', () => {
    const named = [...page.matchAll(/`([\w./-]+\/[\w.-]*|[\w-]+\.(?:md|ts|json))`/g)].map(([, path = '']) => path);

    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(named.length).toBeGreaterThan(30);
  });
});
