import { parseSpec } from '../model/spec/parse-spec.js';
import { RolloutError } from '../model/rollout-error.js';
import type { Specs } from '../systems/specs/specs.js';

/** The region of the default spec. Fails with `InputInvalid` or `SpecInvalid`. */
export async function defaultRegion(specs: Specs): Promise<string> {
  const { text, path } = await specs.read();
  const parsed = parseSpec(text, path);
  if (parsed.ok) return parsed.spec.region;
  const problems = parsed.problems.map(({ message }) => message).join('\n');
  throw new RolloutError('SpecInvalid', `the worker's default spec:\n${problems}`);
}
