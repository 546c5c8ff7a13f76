import type { Placed } from './spec-draft.js';
import type { SpecViolation } from './spec-problem.js';
import { pathText } from './spec-problem.js';

/** One violation for each part that has the name of an earlier one. */
export function repeatedNames(parts: readonly Placed<{ readonly name: string }>[]): readonly SpecViolation[] {
  const seen = new Map<string, string>();
  return parts.flatMap(({ path, value: { name } }) => {
    const first = seen.get(name);
    if (first !== undefined) {
      return [
        { path: [...path, 'name'], found: `${name} again`, expected: `a name of its own; ${first} has this one` },
      ];
    }
    seen.set(name, pathText(path));
    return [];
  });
}
