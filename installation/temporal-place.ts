import { hostname } from 'node:os';
import type { TemporalPlace } from '../model/facts/world-lock.js';
import type { Target } from './target.js';

/**
 * Names the Temporal of a worker of this target. A rehearsal has its own server and world; an embedded server has the
 * name that its folder keeps. Both keep their identity after the loss of their database; no other server can prove
 * that.
 */
export function temporalPlace({ kind, temporal: { address, ownServer } }: Target): TemporalPlace {
  const own = kind === 'live' ? ownServer : 'rehearsal';
  return { address, host: hostname(), ...(own === undefined ? {} : { ownServer: own }) };
}
