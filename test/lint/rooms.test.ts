import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';

/** More entries than this nobody finds anything in at one look. */
const mostEntries = 20;
/** Folders of many files that are all of one kind, where another level would only add a click. */
const ofOneKind = ['rehearsal/ec2-emulator', 'rehearsal/kubernetes', 'systems/ec2', 'client/commands'];

const folders = [
  ...['model', 'workflows', 'activities', 'systems', 'installation', 'worker', 'client'],
  ...['rehearsal', 'observer', 'bench'],
];

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** What a file imports of ours, types too. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, path = '']) =>
    join(dirname(file), path).replace(/\.js$/, '.ts'),
  );
}

/** The first way from a place back to itself; nothing when there is none. */
function circleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined {
  const finished = new Set<string>();
  const walk = (place: string, way: readonly string[]): readonly string[] | undefined => {
    const at = way.indexOf(place);
    if (at >= 0) return [...way.slice(at), place];
    if (finished.has(place)) return undefined;
    for (const next of graph.get(place) ?? []) {
      const found = walk(next, [...way, place]);
      if (found !== undefined) return found;
    }
    finished.add(place);
    return undefined;
  };
  for (const place of graph.keys()) {
    const found = walk(place, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

const sources = folders.flatMap(filesUnder);

describe('the sources', () => {
  it('have no circle of imports, not even of types', () => {
    const graph = new Map(sources.map((file) => [file, new Set(importsOf(file))]));
    expect(circleIn(graph)).toBeUndefined();
  });

  it('have no circle between the rooms of model/', () => {
    const graph = new Map<string, Set<string>>();
    for (const file of sources.filter((name) => name.startsWith('model/'))) {
      const room = dirname(file);
      const known = graph.get(room) ?? new Set();
      for (const other of importsOf(file).map((name) => dirname(name))) {
        if (other !== room && room !== 'model' && other !== 'model') known.add(other);
      }
      graph.set(room, known);
    }
    expect(circleIn(graph)).toBeUndefined();
  });

  it(`have no folder with more than ${mostEntries} entries, but where all are of one kind`, () => {
    const all = folders.flatMap((folder) => [
      folder,
      ...readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    ]);
    const places = all.filter((name) => statSync(join(root, name)).isDirectory() && !name.includes('__pycache__'));
    const crowded = places.filter((name) => readdirSync(join(root, name)).length > mostEntries);
    expect(crowded.filter((name) => !ofOneKind.includes(name))).toEqual([]);
  });
});
