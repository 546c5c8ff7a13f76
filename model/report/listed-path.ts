import type { PathPart } from './critical-path.js';
import { took } from './time-words.js';

/** The critical path as people read it. */
export interface ListedPath {
  readonly parts: readonly PathPart[];
  /** The stretches that are too short to list one by one. */
  readonly left: { readonly count: number; readonly ms: number };
}

/** Moments between steps count from a second on, everything else from a twentieth. */
function isShort({ kind, fromMs, toMs }: PathPart): boolean {
  return toMs - fromMs < (kind === 'hand-over' ? 1_000 : 50);
}

/** Leaves out the short parts of a critical path; the reason of one goes to the next part of its lane. */
export function listedPath(path: readonly PathPart[]): ListedPath {
  const parts: PathPart[] = [];
  let because: { readonly lane: string | undefined; readonly text: string } | undefined;
  for (const part of path) {
    if (part.because !== undefined) because = { lane: part.lane, text: part.because };
    if (isShort(part)) continue;
    const { because: _, ...rest } = part;
    parts.push(because?.lane === part.lane && because !== undefined ? { ...rest, because: because.text } : rest);
    because = undefined;
  }
  const left = path.filter(isShort);
  return { parts, left: { count: left.length, ms: left.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) } };
}

/** `and 29 short moments between them, 5.1 s together`. */
export function leftText({ count, ms }: ListedPath['left']): string {
  return `and ${count} short ${count === 1 ? 'moment' : 'moments'} between them, ${took(ms)} together`;
}
