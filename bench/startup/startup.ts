import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../installation/config.js';
import { RolloutError } from '../../model/rollout-error.js';
import { alignNumbers } from '../../model/show/table.js';
import { runProgram } from '../../rehearsal/run-program.js';
import { mustRun } from '../../systems/process.js';
import { percentile } from '../percentile.js';

/** Commands that people type all day. The last two ask a server and a worker: a rehearsal has to run in the tree. */
const commandLines = ['--help', 'validate', 'doctor --help', 'status', 'plan'];

interface Measured {
  readonly command: string;
  readonly wallMs: readonly number[];
  readonly cpuMs: readonly number[];
}

/**
 * `npm run bench:startup`: how long commands take from Enter to the prompt, each so many times, after one time that is not counted and
 * that compiles. `--tree` measures another clone, of another commit, with the same Node from PATH.
 */
await runProgram(async () => {
  const { tree, times, json } = startupArguments(process.argv.slice(2));
  const loadBefore = loadavg()[0] ?? 0;
  const measured: Measured[] = [];
  for (const command of commandLines) measured.push(await measure(command, { tree, times }));
  if (json) {
    console.log(JSON.stringify({ loadBefore, measured }, undefined, 2));
    return;
  }
  const rows = measured.map(({ command, wallMs, cpuMs }) => [
    command,
    ...[Math.min(...wallMs), percentile(wallMs, 50), Math.max(...wallMs), percentile(cpuMs, 50)].map((ms) =>
      ms.toFixed(0),
    ),
  ]);
  console.log(
    alignNumbers([['ms of node bin/groundswell.mjs', 'fastest', 'median', 'slowest', 'CPU, median'], ...rows]),
  );
  console.log(`\n${times} times each, ${cpus().length} cores; load before: ${loadBefore.toFixed(1)}`);
});

async function measure(command: string, { tree, times }: { readonly tree: string; readonly times: number }) {
  const wallMs: number[] = [];
  const cpuMs: number[] = [];
  for (let run = 0; run <= times; run += 1) {
    const begunAtMs = performance.now();
    const program = ['node', join(tree, 'bin', 'groundswell.mjs'), ...command.split(' ')];
    // the shell says what processor time its children took; an exit code is an answer as any other here
    const said = await mustRun('sh', ['-c', '"$@" >/dev/null 2>&1; times', 'sh', ...program], { cwd: tree });
    if (run === 0) continue;
    wallMs.push(performance.now() - begunAtMs);
    cpuMs.push(childrenMs(said));
  }
  return { command, wallMs, cpuMs };
}

/** The second line that `times` prints: `0m0.140s 0m0.040s`, user and system time of its children. */
function childrenMs(said: string): number {
  const seconds = [...(said.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return seconds.reduce((sum, [, minutes, rest]) => sum + 1_000 * (60 * Number(minutes) + Number(rest)), 0);
}

function startupArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        tree: { type: 'string', default: root },
        times: { type: 'string', default: '10' },
        json: { type: 'boolean', default: false },
      },
    });
    return { tree: resolve(values.tree), times: Number(values.times), json: values.json };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new RolloutError(
      'InputInvalid',
      `${problem}; usage: npm run bench:startup -- [--tree FOLDER] [--times 10] [--json]`,
    );
  }
}
