import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { whyRealHostsAreImpossible } from '../rehearsal/hosts/machine-support.js';
import { runProgram } from '../rehearsal/run-program.js';
import { RolloutError } from '../model/rollout-error.js';
import { benchSpec } from './bench-spec.js';
import { compare, differences, goal, limit, showComparison } from './compare.js';
import { runOurs } from './run-ours.js';
import { runPlain } from './run-plain.js';

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
  const ended = new AbortController();
  // what was started is taken down by then; the programs that run have got the signal too
  process.on('SIGINT', () => {
    ended.abort();
  });
  const say = (line: string): void => {
    console.error(line);
  };
  const loadBefore = loadavg();
  const ours = await runOurs(bench, say);
  if (ended.signal.aborted) process.exit(130);
  const plain = await runPlain(bench, say);

  const comparison = compare(ours, plain);
  const unequal = differences(ours.there, plain.there);
  if (json) {
    console.log(
      JSON.stringify({ nodes: Number(nodes), loadBefore, ours, plain, ...comparison, unequal }, undefined, 2),
    );
  } else {
    console.log(showComparison(comparison));
    console.log('');
    console.log(
      `${nodes} nodes; cores in use before: ours ${ours.coresBefore.toFixed(2)}, plain ${plain.coresBefore.toFixed(2)}; load before ${loadBefore[0]?.toFixed(1) ?? ''}`,
    );
    console.log(
      `wall time of all: ${comparison.ratio.toFixed(2)}× (goal ${goal}×, limit ${limit}×): ${comparison.verdict}`,
    );
  }
  for (const line of unequal) say(`not the same work: ${line}`);
  if (comparison.verdict === 'over the limit' || unequal.length > 0) process.exit(1);
});

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
