import type { StepId } from '../steps.js';
import type { Interval } from './run-facts.js';

/** The kind of a stretch of time. */
export const timeKinds = [
  'work',
  'queue',
  'retry',
  'person',
  'control plane',
  'nodes',
  'worker',
  'lost',
  'hand-over',
] as const;
export type TimeKind = (typeof timeKinds)[number];

/** One stretch of a lane that was spent on one thing. Times are milliseconds since 1970. */
export interface Stretch extends Interval {
  readonly kind: TimeKind;
  readonly step?: StepId;
  /** Of `activityStep`, where an activity ran or waited. */
  readonly part?: string;
  /** The event in one clause: the failure of an attempt, or the answer. */
  readonly note?: string;
  /** Of work: it ended by a failure. */
  readonly failed?: boolean;
  /** The lane that was waited for, and the moment at which it let this one go on. */
  readonly released?: { readonly by: string; readonly atMs: number };
}

/** Lanes that are no step of their own. */
export const planLane = 'plan';
export const verifyLane = 'verify';

/** The lane of a node. That of a unit or of a part of the network has the name of its step. */
export function nodeLane(node: string): string {
  return `node/${node}`;
}

/** A sequence of work: a node, a unit, or a part of the network. Its stretches cover it without gap or overlap. */
export interface Lane extends Interval {
  /** `node/k8s-redis`, `wave/2/api-location`, `network/vpc`, `plan`, `verify`. */
  readonly id: string;
  readonly title: string;
  readonly group: 'plan' | 'network' | 'node' | 'unit' | 'verify';
  readonly wave?: number;
  /** `open` while it goes on, `done` at its goal, `skipped` by a person, `ended` short of it. */
  readonly state: 'open' | 'done' | 'skipped' | 'ended';
  readonly stretches: readonly Stretch[];
}

/** Whether a kind is a wait for another lane, which has the reason. */
export function waitsForLane(kind: TimeKind): boolean {
  return kind === 'control plane' || kind === 'nodes';
}
