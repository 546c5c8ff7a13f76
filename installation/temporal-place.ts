import { hostname } from 'node:os';
import type { TemporalPlace } from '../model/facts/world-lock.js';
import type { Target } from './target.js';

/**
 * Where a worker of this target finds its Temporal. A rehearsal has a server and a world of its own; an embedded server has
 * the name that its folder keeps. Both are the same after their database was lost, which no other server proves.
 */
export function temporalPlace({ kind, temporal: { address, ownServer } }: Target): TemporalPlace {
  const own = kind === 'live' ? ownServer : 'rehearsal';
  return { address, host: hostname(), ...(own === undefined ? {} : { ownServer: own }) };
}
