import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { whyRealHostsAreImpossible } from '../../rehearsal/hosts/machine/machine-support.js';
import { runProgram } from '../../rehearsal/run-program.js';
import { RolloutError } from '../../model/rollout-error.js';
import { benchSpec } from './bench-spec.js';
import { compare, differences, goal, limit, showComparison, unfinished, type Comparison } from './compare.js';
import { runOurs } from './run-ours.js';
import { runPlain } from './run-plain.js';
import type { Measured } from './stages.js';

/** With more than this in use before, the CPU-seconds say little. The idle outside of ours takes about 0.1. */
const busyCores = 0.4;

/**
 * `npm run bench:rollout`: our roll-out beside a plain shell bring-up of the same hosts (bench/plain). Exit code 1 when ours
 * takes more than the limit, or when the two clusters are not the same. Ours runs first: what it finds cold in the page
 * cache, the plain one finds warm.
 */
await runProgram(async () => {
  const { nodes, json } = benchArguments(process.argv.slice(2));
  const bench = await benchSpec(nodes);
  const obstacle = await whyRealHostsAreImpossible();
  if (obstacle !== undefined) throw new RolloutError('InputInvalid', `bench:rollout needs real hosts: ${obstacle}`);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping.abort();
    });
  }
  const say = (line: string): void => {
    console.error(line);
  };
  const loadBefore = loadavg()[0] ?? 0;
  try {
    const ours = await runOurs(bench, say);
    if (stopping.signal.aborted) process.exit(130);
    const plain = await runPlain(bench, say, stopping.signal);
    report({ nodes: bench.spec.nodes.length, loadBefore, ours, plain }, json);
  } catch (error) {
    // both take down what they made before they fail
    if (stopping.signal.aborted) process.exit(130);
    throw error;
  }
});

interface Both {
  readonly nodes: number;
  /** Load average of the minute before. */
  readonly loadBefore: number;
  readonly ours: Measured;
  readonly plain: Measured;
}

function report(both: Both, json: boolean): void {
  const { nodes, ours, plain } = both;
  const comparison = compare(ours, plain);
  const problems = [
    ...unfinished('ours', ours.there, nodes),
    ...unfinished('plain', plain.there, nodes),
    ...differences(ours.there, plain.there),
  ];
  if (json) console.log(JSON.stringify({ ...both, ...comparison, problems }, undefined, 2));
  else console.log([showComparison(comparison), '', ...closingLines(both, comparison)].join('\n'));
  for (const problem of problems) console.error(`not the same work: ${problem}`);
  if (comparison.verdict === 'over the limit' || problems.length > 0) process.exit(1);
}

function closingLines({ nodes, loadBefore, ours, plain }: Both, { ratio, verdict }: Comparison): readonly string[] {
  const [before, beforePlain] = [ours.coresBefore, plain.coresBefore].map((cores) => cores.toFixed(2));
  const busy = Math.max(ours.coresBefore, plain.coresBefore) > busyCores;
  return [
    `${nodes} nodes, ${cpus().length} cores; in use before: ${before ?? ''} (ours), ${beforePlain ?? ''} (plain); load ${loadBefore.toFixed(1)}`,
    ...(busy
      ? ['the machine had other work: the CPU-seconds hold that too, and walls are longer than they need be']
      : []),
    `wall time of all: ${ratio.toFixed(2)}× (goal ${goal}×, limit ${limit}×): ${verdict}`,
  ];
}

function benchArguments(args: readonly string[]): { readonly nodes: string; readonly json: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { nodes: { type: 'string', default: '14' }, json: { type: 'boolean', default: false } },
    });
    return values;
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new RolloutError('InputInvalid', `${problem}; usage: npm run bench:rollout -- [--nodes 14] [--json]`);
  }
}
