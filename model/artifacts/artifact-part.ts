import type { PlanReference } from '../plan/plan-skeleton.js';

/** What a client reads that does not have the artifact store: exactly one of plan, log and growing log. */
export interface ReadArtifactInput {
  readonly plan?: PlanReference;
  /** Reference of a log that ended. */
  readonly log?: string;
  /** Name under which a log grows. */
  readonly growingLog?: string;
  /** Which part of it, from 0. Default 0. */
  readonly part?: number;
}

/** One part of a text. All parts in their order, unpacked, are its UTF-8 bytes. */
export interface ArtifactPart {
  /** How many there are; 0 when there is no such growing log. */
  readonly parts: number;
  /** gzip, in base64. */
  readonly content?: string;
}
