import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { RolloutError } from '../../model/rollout-error.js';
import { runProgram } from '../../rehearsal/run-program.js';
import { measureOverhead, type OverheadRun } from './measure-overhead.js';
import { overheadRatio, showOverhead, showSeed, showTimers } from './overhead-table.js';
import { scale } from './seed-durations.js';
import { fasterPaces, productPaces } from './unscaled-timers.js';

/** Ansible runs of a simulated outside use no processor: with a place for every node none waits for another. */
const placeForAll = 14;

/**
 * `npm run bench:overhead`: how much longer a roll-out takes than its plan needs, on a simulated outside that takes the
 * time of the replaced chain at 1:60. Three runs. The first is the product as it is on this machine; the second has a
 * place for every Ansible run. The third also makes every look and settle window sixty times as short.
 */
await runProgram(async () => {
  const json = overheadArguments(process.argv.slice(2));
  const loadBefore = loadavg()[0] ?? 0;
  const say = (line: string): void => {
    console.error(line);
  };
  const asIs = await measureOverhead({ name: 'as it is', paces: productPaces }, say);
  const free = await measureOverhead({ name: 'no queue', paces: productPaces, ansibleRuns: placeForAll }, say);
  const scaled = await measureOverhead(
    { name: 'timers 1:60', paces: fasterPaces(scale), ansibleRuns: placeForAll },
    say,
  );
  const runs: readonly OverheadRun[] = [asIs, free, scaled];
  if (json) {
    console.log(
      JSON.stringify({ loadBefore, runs: runs.map((run) => ({ ...run, ratio: overheadRatio(run) })) }, undefined, 2),
    );
    return;
  }
  console.log([showSeed(), showOverhead(runs), showTimers(scaled, free), path(scaled)].join('\n\n'));
  console.log(
    `\n${cpus().length} cores, ${2 * cpus().length} Ansible runs at once as it is; load before: ${loadBefore.toFixed(1)}`,
  );
});

function path({ name, plan, path: measured }: OverheadRun): string {
  return [
    `critical path: ${plan.steps.join(' → ')}`,
    `waited for (${name}): ${measured.map(({ step }) => step).join(' → ')}`,
  ].join('\n');
}

function overheadArguments(args: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new RolloutError('InputInvalid', `${problem}; usage: npm run bench:overhead -- [--json]`);
  }
}
