import { unitStep } from '../steps.js';
import { parseStep, stepTitle } from '../names/parse-step.js';
import { parseWorkflowId } from '../names/workflow-ids.js';
import { listAt, textAt } from '../json/json-value.js';
import { signalNames } from '../messages.js';
import { activityNames } from '../names/activity-names.js';
import { nodeLane, planLane, verifyLane, type Lane, type Stretch } from './lane.js';
import { listIn, messagesNamed, textIn } from './messages-named.js';
import { parksOf, pausesOf, type Park, type Pause } from './parks.js';
import { partition, union } from './partition.js';
import type { ActivityFact, Interval, RollOutFacts, RunFacts } from './run-facts.js';
import { stepClaims } from './step-claims.js';

/** A worker that is busy may let one workflow wait for seconds; longer than this it is gone, for all of them. */
const workerlessMs = 10_000;

interface Shared {
  readonly facts: RollOutFacts;
  readonly parks: readonly Park[];
  readonly pauses: readonly Pause[];
  /** Times without any worker. */
  readonly workerless: readonly Interval[];
  readonly untilMs: number;
}

/** The lanes of a roll-out in the order of its stages: plan, network, nodes, units, verify. */
export function lanesOf(facts: RollOutFacts): readonly Lane[] {
  const untilMs = facts.lock.endedAtMs ?? facts.readAtMs;
  const gaps = union([facts.lock, ...facts.children].flatMap((run) => run.workerGaps));
  const workerless = gaps.filter((gap) => gap.toMs - gap.fromMs >= workerlessMs);
  const shared: Shared = { facts, parks: parksOf(facts), pauses: pausesOf(facts.lock), workerless, untilMs };
  const waves = facts.children.flatMap((child) => {
    const workflow = parseWorkflowId(child.workflowId);
    return workflow?.kind === 'wave' ? [{ wave: workflow.wave, child }] : [];
  });
  const own = ownLanes(shared);
  return [
    ...own.filter(({ group }) => group !== 'verify'),
    ...nodeRuns(facts).map((run) => laneOfNode(shared, run)),
    ...waves.toSorted((a, b) => a.wave - b.wave).flatMap((run) => unitLanes(shared, run)),
    ...own.filter(({ group }) => group === 'verify'),
  ].filter(({ fromMs, toMs }) => fromMs <= toMs);
}

interface NodeRun {
  readonly node: string;
  readonly child: RunFacts;
}

function nodeRuns({ children }: RollOutFacts): readonly NodeRun[] {
  return children.flatMap((child) => {
    const workflow = parseWorkflowId(child.workflowId);
    return workflow?.kind === 'node' ? [{ node: workflow.node, child }] : [];
  });
}

/** What the lock does itself: a lane for each step of the network, for its look at the plan, for verify. */
function ownLanes(shared: Shared): readonly Lane[] {
  const { lock } = shared.facts;
  const own = ownActivities(lock);
  const lanes = new Map(own.map(ownLane).map((lane) => [lane.id, lane]));
  return [...lanes.values()].map(({ id, group, title }) => {
    const activities = own.filter((activity) => ownLane(activity).id === id);
    const step = activities[0]?.step;
    const fromMs = Math.min(...activities.map(({ scheduledAtMs }) => scheduledAtMs));
    const done = activities.at(-1)?.outcome === 'completed';
    const endedAtMs = done ? activities.at(-1)?.endedAtMs : lock.endedAtMs;
    return laneOf(shared, {
      id,
      group,
      title,
      fromMs,
      endedAtMs,
      done,
      skipped: step !== undefined && skippedSteps(lock).includes(step),
      activities,
      timers: lock.timers.filter((timer) => step !== undefined && timer.step === step),
      parks: shared.parks.filter((park) => park.step === step && park.workflowId === lock.workflowId),
      waits: [],
      workerGaps: lock.workerGaps,
    });
  });
}

/** The lock in the world is taken at the beginning. Looking at it again, and leaving it, is no part of what goes on. */
function ownActivities({ activities }: RunFacts): readonly ActivityFact[] {
  const taken = activities.find(({ part }) => part === activityNames.takeWorldLock);
  const aboutWorld: readonly string[] = [activityNames.takeWorldLock, activityNames.leaveWorldLock];
  return activities.filter((activity) => activity === taken || !aboutWorld.includes(activity.part));
}

function ownLane({ step, part }: ActivityFact): Pick<Lane, 'id' | 'group' | 'title'> {
  if (part === 'verify') return { id: verifyLane, group: 'verify', title: verifyLane };
  if (step !== undefined && parseStep(step)?.stage === 'network') {
    return { id: step, group: 'network', title: stepTitle(step) };
  }
  const first: readonly string[] = [activityNames.confirmPlan, activityNames.takeWorldLock];
  if (first.includes(part)) return { id: planLane, group: 'plan', title: planLane };
  return { id: `${planLane}/${part}`, group: 'plan', title: part };
}

function laneOfNode(shared: Shared, { node, child }: NodeRun): Lane {
  return laneOf(shared, {
    id: nodeLane(node),
    group: 'node',
    title: node,
    fromMs: child.startedAtMs,
    endedAtMs: child.endedAtMs,
    done: child.state === 'done',
    skipped: skippedSteps(child).length > 0,
    activities: child.activities,
    timers: child.timers,
    parks: shared.parks.filter(({ workflowId }) => workflowId === child.workflowId),
    waits: controlPlaneWait(shared, child),
    workerGaps: child.workerGaps,
  });
}

/** A worker that is prepared joins when the control plane answers: the lock passes its signal on. */
function controlPlaneWait({ facts, untilMs }: Shared, child: RunFacts): readonly Stretch[] {
  const prepared = child.activities.find(({ part, outcome }) => part === 'prepared' && outcome === 'completed');
  const join = child.activities.find(({ part }) => part === 'join');
  const isWorker = textAt(child.input, 'node', 'role') === 'worker';
  if (!isWorker || prepared?.endedAtMs === undefined) return [];
  const [signal] = messagesNamed(child.received, signalNames.controlPlaneReady);
  const toMs = signal?.atMs ?? join?.scheduledAtMs ?? child.endedAtMs ?? untilMs;
  const inits = nodeRuns(facts).flatMap(({ node, child: run }) =>
    run.activities
      .filter(
        ({ part, outcome, endedAtMs = Infinity }) => part === 'init' && outcome === 'completed' && endedAtMs <= toMs,
      )
      .map(({ endedAtMs = 0 }) => ({ by: nodeLane(node), atMs: endedAtMs })),
  );
  return [untilReleased({ kind: 'control plane', fromMs: prepared.endedAtMs, toMs }, inits)];
}

interface WaveRun {
  readonly wave: number;
  readonly child: RunFacts;
}

function unitLanes(shared: Shared, { wave, child }: WaveRun): readonly Lane[] {
  return listAt(child.input, 'units').map((unit) => {
    const name = textAt(unit, 'name') ?? 'unknown';
    const step = unitStep(wave, name);
    const activities = child.activities.filter((activity) => activity.step === step);
    const done = activities.at(-1)?.part === 'gate' && activities.at(-1)?.outcome === 'completed';
    const nodes = listAt(unit, 'nodes').filter((node) => typeof node === 'string');
    return laneOf(shared, {
      id: step,
      group: 'unit',
      title: name,
      wave,
      fromMs: child.startedAtMs,
      endedAtMs: done ? activities.at(-1)?.endedAtMs : (leftOutAtMs(child, nodes) ?? child.endedAtMs),
      done,
      skipped: skippedSteps(child).includes(step) || leftOutAtMs(child, nodes) !== undefined,
      activities,
      timers: child.timers.filter((timer) => timer.step === step),
      parks: shared.parks.filter((park) => park.step === step),
      waits: nodesWait(shared, { child, nodes, begunAtMs: activities[0]?.scheduledAtMs }),
      workerGaps: child.workerGaps,
    });
  });
}

/** When a unit that has not begun was left out, because a node that it needs was skipped. */
function leftOutAtMs(child: RunFacts, nodes: readonly string[]): number | undefined {
  const early = listAt(child.input, 'skippedNodes').some((node) => nodes.some((needed) => needed === node));
  if (early) return child.startedAtMs;
  return messagesNamed(child.received, signalNames.nodeSkipped).find((skipped) =>
    nodes.includes(textIn(skipped, 'node') ?? ''),
  )?.atMs;
}

/** Steps that people answered with `skip`, and what was left out with them; known when the run has ended. */
function skippedSteps({ result }: RunFacts): readonly (string | undefined)[] {
  return listAt(result, 'skipped').map((skipped) => textAt(skipped, 'step'));
}

interface UnitWait {
  readonly child: RunFacts;
  readonly nodes: readonly string[];
  readonly begunAtMs: number | undefined;
}

/** A unit waits until the last of its own nodes is Ready; those that were so at the start are in the input. */
function nodesWait({ facts, untilMs }: Shared, { child, nodes, begunAtMs }: UnitWait): readonly Stretch[] {
  const ready = listAt(child.input, 'readyNodes');
  const missing = nodes.filter((node) => !ready.includes(node));
  if (missing.length === 0) return [];
  const told = messagesNamed(child.received, signalNames.nodesReady);
  const arrivals = missing.map((node) => ({
    node,
    atMs: told.find((message) => listIn(message, 'nodes').includes(node))?.atMs,
  }));
  const open = arrivals.filter(({ atMs }) => atMs === undefined).map(({ node }) => node);
  const last = arrivals.toSorted((a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity)).at(-1);
  const toMs =
    begunAtMs === undefined || last?.atMs === undefined ? (begunAtMs ?? child.endedAtMs ?? untilMs) : last.atMs;
  const ended = nodeRuns(facts).find(({ node }) => node === last?.node)?.child.endedAtMs;
  const releases =
    last === undefined || ended === undefined || ended > toMs ? [] : [{ by: nodeLane(last.node), atMs: ended }];
  const note = open.length > 0 ? open.join(', ') : (last?.node ?? '');
  return [untilReleased({ kind: 'nodes', fromMs: child.startedAtMs, toMs, note: `for ${note}` }, releases)];
}

/** A wait ends when what is waited for is there; that the lane is told so takes a moment more. */
function untilReleased(wait: Stretch, releases: readonly NonNullable<Stretch['released']>[]): Stretch {
  const released = releases.toSorted((a, b) => a.atMs - b.atMs).at(-1);
  return released === undefined ? wait : { ...wait, toMs: released.atMs, released };
}

interface LaneParts extends Pick<Lane, 'id' | 'title' | 'group' | 'wave'> {
  readonly fromMs: number;
  readonly endedAtMs: number | undefined;
  readonly done: boolean;
  readonly skipped: boolean;
  readonly activities: readonly ActivityFact[];
  readonly timers: RunFacts['timers'];
  readonly parks: readonly Park[];
  readonly waits: readonly Stretch[];
  readonly workerGaps: readonly Interval[];
}

function laneOf(shared: Shared, { id, title, group, wave, done, skipped, endedAtMs, ...parts }: LaneParts): Lane {
  const { untilMs, workerless, pauses } = shared;
  const fromMs = Math.max(parts.fromMs, shared.facts.lock.startedAtMs);
  const toMs = Math.max(fromMs, Math.min(endedAtMs ?? untilMs, untilMs));
  const stretches = partition({ fromMs, toMs }, stepClaims({ ...parts, pauses, workerless, untilMs }));
  const state = skipped ? 'skipped' : done ? 'done' : endedAtMs === undefined ? 'open' : 'ended';
  return { id, title, group, ...(wave === undefined ? {} : { wave }), state, fromMs, toMs, stretches };
}
