import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { RolloutError } from '../../model/rollout-error.js';
import { runProgram } from '../../rehearsal/run-program.js';
import { measureSize } from './measure-size.js';
import { brokenRequirements, showSizes, type SizeRow } from './size-table.js';

/**
 * `npm run bench:size`: what a roll-out of 14, 100 and 1,000 simulated nodes costs, on a real Temporal server. Each size
 * has a server, a worker and an outside of its own. Exit code 1 when a requirement does not hold.
 */
await runProgram(async () => {
  const { sizes, json } = sizeArguments(process.argv.slice(2));
  const loadBefore = loadavg()[0] ?? 0;
  const rows: SizeRow[] = [];
  for (const nodes of sizes) {
    rows.push(
      await measureSize({
        nodes,
        onLine: (line) => {
          console.error(line);
        },
      }),
    );
  }
  const problems = brokenRequirements(rows);
  if (json) console.log(JSON.stringify({ loadBefore, rows, problems }, undefined, 2));
  else console.log(`${showSizes(rows)}\n\n${cpus().length} cores; load before: ${loadBefore.toFixed(1)}`);
  for (const problem of problems) console.error(`not as required: ${problem}`);
  if (problems.length > 0) process.exit(1);
});

function sizeArguments(args: readonly string[]): { readonly sizes: readonly number[]; readonly json: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string', default: '14,100,1000' },
        json: { type: 'boolean', default: false },
      },
    });
    return { sizes: values.nodes.split(',').map(Number), json: values.json };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new RolloutError('InputInvalid', `${problem}; usage: npm run bench:size -- [--nodes 14,100,1000] [--json]`);
  }
}
