import { Client, type Connection } from '@temporalio/client';
import { createActivities } from '../../activities/index.js';
import type { Passage } from '../../rehearsal/simulated/serve-systems.js';
import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import { changeLeg } from './change-leg.js';
import { remainsOf, strikesWithoutSecondAttempt } from './column-remains.js';
import { createDirector, type Column, type Strike } from './director.js';
import { serveDirector } from './director-server.js';
import { endStateOf, netEffects, type EndState } from './end-state.js';
import type { Leg } from './leg.js';
import { hopeless, isHopeless, replacedNode, rollOutLeg } from './roll-out-leg.js';
import { rowOf, rowsOf } from './rows.js';
import { tearDownLeg } from './tear-down-leg.js';
import { kill, threeNodes } from './three-nodes.js';

export interface ColumnRun {
  readonly address: string;
  /** A namespace of its own. */
  readonly namespace: string;
  readonly connection: Connection;
  /** Without one nothing is struck. */
  readonly column?: Column;
}

export interface ColumnResult {
  /** Of every activity type that a worker knows. */
  readonly rows: readonly string[];
  readonly strikes: ReadonlyMap<string, Strike>;
  /** What there was after each leg. A leg with a problem is the last one. */
  readonly legs: ReadonlyMap<LegName, LegEnd>;
  /** What is wrong with a leg as a whole. */
  readonly problems: readonly string[];
}

export interface LegEnd {
  readonly state: EndState;
  /** Since the beginning of the column. */
  readonly effects: ReadonlyMap<string, number>;
}

const legs = {
  'roll-out': rollOutLeg,
  change: changeLeg,
  'tear-down': tearDownLeg,
} satisfies Record<string, Leg>;
export type LegName = keyof typeof legs;

/**
 * Rolls three nodes out, changes them and tears them down, in a namespace, outside and worker process of its own, and strikes
 * every row once on the way. During the roll-out a second front door waits for the lock, one host is replaced, and certificates
 * are renewed by the second, because some activities only happen then.
 */
export async function runColumn(run: ColumnRun): Promise<ColumnResult> {
  const nodes = await threeNodes({ ...run, certificateDays: 20 });
  let pid = 0;
  const director = createDirector({
    column: run.column,
    rowOf,
    mayStrike: ({ activity, workflowId }) => activity === 'fenceNode' || !workflowId.endsWith(`/${replacedNode}`),
    kill() {
      kill(pid);
      director.workerEnded();
      // a worker that dies with the test needs no successor
      void start().catch(() => undefined);
    },
  });
  // for as long as it is the first host: a number of failures could be used up by attempts whose worker dies
  const passage: Passage = (call, perform) =>
    director.passage(call, () => (isHopeless(call, nodes) ? Promise.reject(hopeless) : perform()));
  const urls = { outside: await nodes.serve(passage), director: await serveDirector(director) };
  const start = async (): Promise<void> => {
    pid = await nodes.startWorker(urls);
  };
  await start();

  const client = new Client({ connection: run.connection, namespace: run.namespace });
  const ends = new Map<LegName, LegEnd>();
  const problems: string[] = [];
  for (const [name, leg] of Object.entries(legs) as [LegName, Leg][]) {
    const moves = () => director.moves();
    problems.push(...(await leg({ client, nodes, moves })), ...(await remainsOf(director, client)));
    ends.set(name, { state: endStateOf(nodes.world), effects: netEffects(nodes.ledger) });
    if (problems.length > 0) break;
  }
  problems.push(...(await strikesWithoutSecondAttempt(director, client)));
  kill(pid);
  const activities = Object.keys(createActivities(await simulatedDependencies(nodes.target, nodes.systems)));
  return { rows: activities.flatMap(rowsOf), strikes: director.strikes, legs: ends, problems };
}
