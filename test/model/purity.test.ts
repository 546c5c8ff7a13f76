import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../model');

/** What a file imports at run time from outside its folder. */
function outsideImports(file: string): readonly string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  return [...text.matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)'/gms)]
    .map((match) => match[1] ?? '')
    .filter((name) => !name.startsWith('.'));
}

describe('model', () => {
  it('imports nothing at run time but zod in spec.ts, yaml in parse-spec.ts and string-width in cells.ts', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const found = files.flatMap((file) => outsideImports(file).map((name) => `${file}: ${name}`));

    expect(found.toSorted()).toEqual(['show/cells.ts: string-width', 'spec/parse-spec.ts: yaml', 'spec/spec.ts: zod']);
  });
});
