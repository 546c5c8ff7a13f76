import type { Client } from '@temporalio/client';
import type { RollOutClusterResult } from '../../workflows/contract/inputs.js';
import type { RunEnd } from '../runs/run-handle.js';
import type { Session } from '../session.js';

/** The part of the person at the terminal in a run. */
export interface Presence {
  /** Approve the shown plan without asking. */
  readonly yes: boolean;
  /** Stay while only a person's answer can move the run on. */
  readonly wait: boolean;
  /** The yes-or-no question below the plan. */
  readonly question: string;
}

/** A front door that this command started, and follows. */
export interface StartedRun extends Presence {
  readonly session: Session;
  readonly client: Client;
  readonly by: string;
  readonly cluster: string;
  readonly id: string;
  /** Its plan waits for nobody: it was approved before the run began. */
  readonly isApproved: boolean;
  readonly startedAtMs: number;
  readonly end: Promise<RunEnd<RollOutClusterResult>>;
}
