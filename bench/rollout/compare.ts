import { alignColumns } from '../../model/show/table.js';
import { stageNames, stages, type Measured, type Stage } from './stages.js';

/** How many times the plain bring-up's wall time our roll-out should take at most, and may take at most. */
export const goal = 2;
export const limit = 4;

/** One stage of both, each from its own start to the stage's end. */
export interface ComparedStage {
  readonly stage: Stage;
  readonly wallSeconds: Pair;
  readonly cpuSeconds: Pair;
}

interface Pair {
  readonly ours: number;
  readonly plain: number;
  /** Ours divided by plain. */
  readonly ratio: number;
}

export interface Comparison {
  readonly stages: readonly ComparedStage[];
  /** Of the wall time of the whole: what goal and limit are about. */
  readonly ratio: number;
  readonly verdict: 'goal reached' | 'within the limit' | 'over the limit';
}

/** Puts two bring-ups side by side, stage by stage. A stage that one of them does not have is left out. */
export function compare(ours: Measured, plain: Measured): Comparison {
  const compared = stageNames.flatMap((stage) => compareStage(stage, ours, plain));
  const ratio = compared.find(({ stage }) => stage === 'all')?.wallSeconds.ratio ?? Number.NaN;
  const verdict = ratio <= goal ? 'goal reached' : ratio <= limit ? 'within the limit' : 'over the limit';
  return { stages: compared, ratio, verdict };
}

function compareStage(stage: Stage, ours: Measured, plain: Measured): ComparedStage[] {
  const [ourEnd, plainEnd] = [ours.ends[stage], plain.ends[stage]];
  if (ourEnd === undefined || plainEnd === undefined) return [];
  const wallSeconds = pair((ourEnd - ours.startedAtMs) / 1_000, (plainEnd - plain.startedAtMs) / 1_000);
  return [{ stage, wallSeconds, cpuSeconds: pair(ours.cpuSeconds[stage] ?? 0, plain.cpuSeconds[stage] ?? 0) }];
}

function pair(ours: number, plain: number): Pair {
  return { ours, plain, ratio: ours / plain };
}

/** What one of the two clusters has and the other has not, one line each: with any, it was not the same work. */
export function differences(ours: readonly string[], plain: readonly string[]): readonly string[] {
  return [
    ...ours.filter((line) => !plain.includes(line)).map((line) => `only ours: ${line}`),
    ...plain.filter((line) => !ours.includes(line)).map((line) => `only plain: ${line}`),
  ];
}

/** What a cluster of so many nodes lacks, one line each. */
export function unfinished(whose: string, there: readonly string[], nodes: number): readonly string[] {
  const ready = there.filter((line) => /^node .* Ready /.test(line) && !line.includes(' not Ready ')).length;
  return ready === nodes ? [] : [`${whose}: ${ready} of ${nodes} nodes are Ready`];
}

/** The table for people. */
export function showComparison(comparison: Comparison): string {
  const rows = comparison.stages.map(({ stage, wallSeconds: wall, cpuSeconds: cpu }) => [
    stage,
    ...[wall.ours, wall.plain].map((seconds) => seconds.toFixed(1)),
    `${wall.ratio.toFixed(2)}×`,
    ...[cpu.ours, cpu.plain].map((seconds) => seconds.toFixed(1)),
    `${cpu.ratio.toFixed(2)}×`,
    stages[stage],
  ]);
  const head = ['stage', 'wall s ours', 'plain', 'ratio', 'CPU-s ours', 'plain', 'ratio', 'it ends when'];
  const numbers = (column: number): boolean => column > 0 && column < head.length - 1;
  return alignColumns([head, ...rows], { right: numbers }).join('\n');
}
