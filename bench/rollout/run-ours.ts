import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';
import { nodeSteps, unitParts } from '../../model/step-table.js';
import type { ActivityName } from '../../model/names/activity-names.js';
import { childrenOf, lastCompleted, readHistory, type HistoryEvent } from '../../observer/history.js';
import { readLedger } from '../../observer/ledger.js';
import { freshCopy, type FreshCopy } from '../../test/rehearsal/fresh-copy.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import type { BenchSpec } from './bench-spec.js';
import { lastBoot } from './last-boot.js';
import { measure } from '../measure.js';
import type { Measured, PerStage, Stage } from './stages.js';
import { whatIsThere } from './what-is-there.js';

/** Which activity's last end is the end of which stage. */
const activities: Readonly<Partial<Record<Stage, ActivityName>>> = {
  up: nodeSteps.reachable.activity,
  prepared: nodeSteps.prepared.activity,
  init: nodeSteps.init.activity,
  joined: nodeSteps.join.activity,
  Ready: nodeSteps.ready.activity,
  waves: unitParts.gate.activity,
};

const Target = z.object({ temporal: z.object({ address: z.string() }) });

/**
 * Our roll-out, as `npm start` does it, in a copy of this tree. Brings the outside up first, measures `groundswell up`,
 * and takes everything down. Stage ends are Temporal's own (`temporal workflow show`), the boots the ledger's.
 * Fails with `CommandFailed`.
 */
export async function runOurs(bench: BenchSpec, onLine: (line: string) => void): Promise<Measured> {
  const copy = await freshCopy('bench');
  try {
    onLine('ours: bringing the outside and the worker up');
    const spec = join(copy.dir, bench.file);
    await must(copy, ['npm', 'run', '--silent', 'rehearsal:up', '--', '--yes', '--spec', spec]);
    onLine('ours: rolling out');
    return await measure({
      run: async () => {
        await must(copy, [process.execPath, 'bin/groundswell.mjs', 'up', '--yes', '--by', 'bench:rollout']);
      },
      ends: () => stageEnds(copy, bench.spec.cluster),
      there: () => look(copy),
    });
  } finally {
    onLine('ours: taking it down');
    const down = await copy.run(['npm', 'run', '--silent', 'rehearsal:down']);
    // what could not be taken down can be by hand, as long as its folder is there; the first failure is the one to report
    if (down.exitCode === 0) await copy.remove();
    else onLine(`ours: not taken down, run it again: cd ${copy.dir} && npm run rehearsal:down\n${down.stderr}`);
  }
}

async function stageEnds(copy: FreshCopy, cluster: string): Promise<PerStage> {
  const target = Target.parse(JSON.parse(await readFile(inState(copy, 'target.json'), 'utf8')));
  const access = { cli: inState(copy, 'bin', 'temporal'), address: target.temporal.address };
  const children = childrenOf(await readHistory(access, applyWorkflowId(cluster)));
  const histories = await Promise.all(children.map((id) => readHistory(access, id)));
  const ledger = await readLedger(inState(copy, 'rehearsal', 'ledger.ndjson'));
  return { booted: lastBoot(ledger), ...activityEnds(histories) };
}

function activityEnds(histories: readonly (readonly HistoryEvent[])[]): PerStage {
  return Object.fromEntries(
    Object.entries(activities).flatMap(([stage, activity]) => {
      const ends = histories.flatMap((history) => lastCompleted(history, activity) ?? []);
      return ends.length === 0 ? [] : [[stage, Math.max(...ends)]];
    }),
  );
}

async function look(copy: FreshCopy): Promise<readonly string[]> {
  const kubeconfig = inState(copy, 'rehearsal', 'bench-kubeconfig');
  const printed = await must(copy, [process.execPath, 'bin/groundswell.mjs', 'kubeconfig']);
  await writeFile(kubeconfig, printed, { mode: 0o600 });
  return whatIsThere({ kubectl: inState(copy, 'bin', 'kubectl'), kubeconfig });
}

function inState(copy: FreshCopy, ...path: readonly string[]): string {
  return join(copy.dir, '.groundswell', ...path);
}

async function must(copy: FreshCopy, command: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await copy.run(command);
  if (exitCode === 0) return stdout;
  const output = `${stdout}\n${stderr}`.trim();
  throw new RolloutError(
    'CommandFailed',
    `${command.join(' ')}: exit code ${exitCode}, ending with: ${output.slice(-600)}`,
    {
      details: output.slice(-4000),
    },
  );
}
