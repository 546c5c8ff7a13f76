import type { ApplyStatus } from './status.js';

/** What exists when a run ends before its end. */
export interface Standing {
  /** Nodes that are Ready and labelled, of all nodes of the plan. */
  readonly ready: number;
  readonly nodes: number;
  /** Nodes that were begun and are not Ready. */
  readonly unfinished: readonly string[];
  readonly wavesDone: readonly number[];
  /** Waves that were begun and whose gate does not hold. */
  readonly wavesBegun: readonly number[];
}

/** Counts what exists. */
export function standingOf({ nodes, waves }: Pick<ApplyStatus, 'nodes' | 'waves'>): Standing {
  const begun = ['open', 'skipped', 'ended'];
  return {
    ready: nodes.filter(({ state }) => state === 'done' || state === 'untouched').length,
    nodes: nodes.length,
    unfinished: nodes.filter(({ state }) => begun.includes(state)).map(({ name }) => name),
    wavesDone: waves.filter(({ state }) => state === 'done' || state === 'untouched').map(({ wave }) => wave),
    wavesBegun: waves.filter(({ state }) => begun.includes(state)).map(({ wave }) => wave),
  };
}

/** The same in one line: `12 of 14 nodes Ready, begun: k8s-redis; waves done: 0, 1, begun: 2`. */
export function standingLine({ ready, nodes, unfinished, wavesDone, wavesBegun }: Standing): string {
  const list = (title: string, values: readonly (string | number)[]) =>
    values.length === 0 ? [] : [`${title}: ${values.slice(0, 10).join(', ')}${values.length > 10 ? ', …' : ''}`];
  const ofNodes = [`${ready} of ${nodes} nodes Ready`, ...list('begun', unfinished)];
  const ofWaves = [...list('waves done', wavesDone), ...list('waves begun', wavesBegun)];
  return [ofNodes.join(', '), ...(ofWaves.length === 0 ? [] : [ofWaves.join(', ')])].join('; ');
}
