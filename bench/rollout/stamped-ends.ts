import { stageNames, type PerStage, type Stage } from './stages.js';

/**
 * When each stage ended, from the lines of the shell: `1764000000000 prepared k8s-redis`, milliseconds since 1970. The last
 * host counts. Other lines are passed over.
 */
export function stampedEnds(lines: readonly string[]): PerStage {
  const ends: Partial<Record<Stage, number>> = {};
  for (const line of lines) {
    const [, time = '', word = ''] = /^(\d{13}) (\w+)/.exec(line) ?? [];
    const stage = stageNames.find((name) => name === word);
    if (stage !== undefined) ends[stage] = Math.max(ends[stage] ?? 0, Number(time));
  }
  return ends;
}
