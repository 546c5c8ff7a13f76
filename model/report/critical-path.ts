import { waitsForLane, type Lane, type Stretch } from './lane.js';
import type { Interval } from './run-facts.js';

/** One stretch of the critical path: what the roll-out as a whole waited for at that time. */
export interface PathPart extends Omit<Stretch, 'released'> {
  /** Lane that it is in; absent before the first and after the last one. */
  readonly lane?: string;
  /** Why the path goes on in this lane now, where it comes from another: `k8s-master answers`. */
  readonly because?: string;
}

/** A lane that let another one go on, and when. */
interface Release {
  readonly lane: Lane;
  readonly atMs: number;
  readonly because: string;
}

/**
 * The critical path from the start to the end of a run: walked backwards, from what ended last to what let it begin.
 * Its parts cover the interval without gap or overlap, whatever the lanes are.
 */
export function criticalPath({ fromMs, toMs }: Interval, lanes: readonly Lane[]): readonly PathPart[] {
  const path = createPath(fromMs, toMs);
  const walked = new Set<Lane>();
  let lane = lastLane(lanes, toMs);
  if (lane !== undefined) path.addUntil(lane.toMs, { kind: 'hand-over' });
  while (lane !== undefined && path.atMs() > fromMs && !walked.has(lane)) {
    walked.add(lane);
    const release = walkBack(lane, lanes, path) ?? releaseOf(lane, lanes);
    if (release !== undefined) {
      path.addUntil(release.atMs, { kind: 'hand-over', lane: lane.id });
      path.explain(lane.id, release.because);
    }
    lane = release?.lane;
  }
  path.addUntil(fromMs, { kind: 'hand-over' });
  return path.parts();
}

interface Path {
  /** How far back it reaches. */
  atMs(): number;
  /** Puts a part before all others, from this moment on; none where that is later already. */
  addUntil(fromMs: number, part: Omit<PathPart, 'fromMs' | 'toMs'>): void;
  /** Says of the first part why its lane goes on then. */
  explain(lane: string, because: string): void;
  parts(): readonly PathPart[];
}

function createPath(earliestMs: number, toMs: number): Path {
  const parts: PathPart[] = [];
  let atMs = toMs;
  return {
    atMs: () => atMs,
    addUntil(wantedMs, part) {
      const fromMs = Math.max(wantedMs, earliestMs);
      if (fromMs >= atMs) return;
      const last = parts.at(-1);
      const goesOn = part.kind === 'hand-over' && last?.kind === 'hand-over' && last.lane === part.lane;
      if (goesOn) parts[parts.length - 1] = { ...last, fromMs };
      else parts.push({ ...part, fromMs, toMs: atMs });
      atMs = fromMs;
    },
    explain(lane, because) {
      const last = parts.at(-1);
      if (last?.lane === lane) parts[parts.length - 1] = { ...last, because };
    },
    parts: () => parts.toReversed(),
  };
}

/** Adds the stretches of a lane from its end backwards, until one of them waited for another lane. */
function walkBack(lane: Lane, lanes: readonly Lane[], path: Path): Release | undefined {
  for (const { released, fromMs, toMs: _toMs, ...about } of lane.stretches.toReversed()) {
    if (fromMs >= path.atMs()) continue;
    const other = lanes.find(({ id }) => id === released?.by);
    const waited = waitsForLane(about.kind) && other !== undefined && released !== undefined;
    if (waited && released.atMs > fromMs && released.atMs <= path.atMs()) {
      const because = about.kind === 'control plane' ? `${other.title} answers` : `${other.title} is ready`;
      return { lane: other, atMs: released.atMs, because };
    }
    path.addUntil(fromMs, { ...about, lane: lane.id });
  }
  return undefined;
}

/** What let a lane begin: of the lanes that it comes after, the one that ended last. */
function releaseOf(lane: Lane, lanes: readonly Lane[]): Release | undefined {
  const before = lanes.filter((other) => other !== lane && other.toMs <= lane.fromMs && comesAfter(lane, other));
  const last = before.toSorted((a, b) => a.toMs - b.toMs).at(-1);
  return last === undefined ? undefined : { lane: last, atMs: last.toMs, because: endOf(last) };
}

function comesAfter(lane: Lane, other: Lane): boolean {
  switch (lane.group) {
    case 'plan':
      return false;
    case 'network':
    case 'node':
      return other.group === 'plan' || other.group === 'network';
    case 'unit':
      return other.group === 'unit' ? (other.wave ?? 0) < (lane.wave ?? 0) : other.group !== 'node';
    case 'verify':
      return other.group !== 'verify';
  }
}

function endOf({ group, title, wave }: Lane): string {
  switch (group) {
    case 'plan':
      return 'the plan is confirmed';
    case 'network':
      return `${title} exists`;
    case 'node':
      return `${title} is ready`;
    case 'unit':
      return `${title} is ready, the last of wave ${wave ?? 0}`;
    case 'verify':
      return 'the cluster is verified';
  }
}

/** The lane that a run ended with; of a run that goes on, the open one that has been at its present work for longest. */
function lastLane(lanes: readonly Lane[], toMs: number): Lane | undefined {
  const atWork = lanes.filter(({ state, stretches }) => {
    const last = stretches.at(-1);
    return state === 'open' && last !== undefined && !waitsForLane(last.kind);
  });
  const oldest = atWork.toSorted((a, b) => presentSince(a) - presentSince(b))[0];
  return (
    oldest ??
    lanes
      .filter((lane) => lane.toMs <= toMs)
      .toSorted((a, b) => a.toMs - b.toMs)
      .at(-1)
  );
}

function presentSince({ stretches, toMs }: Lane): number {
  return stretches.at(-1)?.fromMs ?? toMs;
}
