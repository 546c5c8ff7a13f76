import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import { activitiesIn, type PendingActivity } from '../../../client/history/activities.js';
import type { HistoryEvent } from '../../../client/history/events.js';
import { runsInHistory } from '../../../client/history/runs-in-history.js';

const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
const at = (seconds: number) => ({ seconds: seconds as unknown as Long, nanos: 500_000_000 });
type Long = NonNullable<NonNullable<HistoryEvent['eventTime']>['seconds']>;
const id = (value: number) => value as unknown as Long;

const heartbeat = proto.temporal.api.enums.v1.TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
const step = 'node/k8s-redis/join';
const input = { node: { name: 'k8s-redis' } };

function scheduled(eventId: number, seconds: number): HistoryEvent {
  return {
    eventId: id(eventId),
    eventTime: at(seconds),
    activityTaskScheduledEventAttributes: {
      activityId: `a${eventId}`,
      activityType: { name: 'joinNode' },
      taskQueue: { name: 'groundswell-ansible' },
      input: payloads(input),
    },
  };
}

type StartedEvent = NonNullable<HistoryEvent['activityTaskStartedEventAttributes']>;

function started(of: number, seconds: number, attempt = 1, lastFailure?: StartedEvent['lastFailure']): HistoryEvent {
  return {
    eventTime: at(seconds),
    activityTaskStartedEventAttributes: {
      scheduledEventId: id(of),
      attempt,
      identity: '7@here',
      ...(lastFailure === undefined ? {} : { lastFailure }),
    },
  };
}

const history: readonly HistoryEvent[] = [
  scheduled(5, 100),
  started(5, 101, 2, { message: 'activity Heartbeat timeout', timeoutFailureInfo: { timeoutType: heartbeat } }),
  {
    eventTime: at(110),
    activityTaskFailedEventAttributes: {
      scheduledEventId: id(5),
      failure: {
        message: 'k8s-redis: [ERROR CRI]',
        applicationFailureInfo: { type: 'KubeadmFailed', details: payloads({ log: 'sha256:1', changedTasks: 2 }) },
      },
    },
  },
  scheduled(9, 120),
  started(9, 121),
  {
    eventTime: at(130),
    activityTaskCompletedEventAttributes: {
      scheduledEventId: id(9),
      result: payloads({ changed: true, log: 'sha256:2' }),
    },
  },
  scheduled(13, 140),
];
const pending: PendingActivity = {
  activityId: 'a13',
  attempt: 1,
  lastStartedTime: at(141),
  lastWorkerIdentity: '8@there',
  heartbeatDetails: payloads({ line: 'TASK [join]', step }),
};

describe('activitiesIn', () => {
  it('joins what a history says of each activity, wherever it stands, with what is pending', () => {
    const [failed, completed, open] = activitiesIn(history, [pending]);

    expect(failed).toMatchObject({
      activityId: 'a5',
      name: 'joinNode',
      input,
      queue: 'groundswell-ansible',
      scheduledAtMs: 100_500,
      started: {
        attempt: 2,
        atMs: 101_500,
        worker: '7@here',
        lastFailure: 'the worker of the previous attempt went away',
      },
      end: { outcome: 'failed', atMs: 110_500, failure: { type: 'KubeadmFailed', message: 'k8s-redis: [ERROR CRI]' } },
    });
    expect(completed).toMatchObject({ end: { outcome: 'completed', result: { changed: true, log: 'sha256:2' } } });
    expect(open).toMatchObject({ pending: { attempt: 1, atMs: 141_500, worker: '8@there', progress: { step } } });
    expect(open).not.toHaveProperty('end');
  });

  it('tells at least the times of what another build wrote in a form that nobody knows', () => {
    const strange = { metadata: { encoding: Buffer.from('binary/of-another-build') }, data: Buffer.from('x') };
    const event = scheduled(5, 100);
    const attributes = { ...event.activityTaskScheduledEventAttributes, input: { payloads: [strange] } };

    const [activity] = activitiesIn([{ ...event, activityTaskScheduledEventAttributes: attributes }], []);

    expect(activity).toMatchObject({ name: 'joinNode', input: undefined, scheduledAtMs: 100_500 });
  });
});

describe('runsInHistory', () => {
  it('lists every attempt: cut off, failed, done, and the one that waits', () => {
    const runs = runsInHistory({ runId: 'run', open: true, events: history, pending: [pending] });

    expect(runs.map(({ state, attempt, note, log }) => ({ state, attempt, note, log }))).toEqual([
      { state: 'cut off', attempt: 1, note: 'the worker of the previous attempt went away', log: undefined },
      { state: 'failed', attempt: 2, note: 'KubeadmFailed: k8s-redis: [ERROR CRI]', log: 'sha256:1' },
      { state: 'done', attempt: 1, note: undefined, log: 'sha256:2' },
      { state: 'waiting', attempt: 1, note: 'TASK [join]', log: undefined },
    ]);
    expect(runs[1]).toMatchObject({ startedAtMs: 101_500, endedAtMs: 110_500, worker: '7@here', changedTasks: 2 });
  });

  it('says of a run that was terminated that what ran was cut off', () => {
    const runs = runsInHistory({ runId: 'run', open: false, events: history, pending: [] });

    expect(runs.at(-1)).toMatchObject({ state: 'cut off', note: 'the run was terminated', startedAtMs: 140_500 });
  });
});
