import { ApplicationFailure } from '@temporalio/common';
import type { LogEntry } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { logLine } from '../../worker/log-line.js';
import { createLogger } from '../../worker/logging.js';

const failure = ApplicationFailure.create({ type: 'KubeadmFailed', message: 'k8s-redis:\n  [ERROR CRI]' });

function anEntry(meta: LogEntry['meta'], message = 'step fails'): LogEntry {
  return {
    level: 'WARN',
    message,
    timestampNanos: 1_795_608_000_000_000_000n,
    ...(meta === undefined ? {} : { meta }),
  };
}

const ofAnActivity = {
  taskToken: 'a secret of the server',
  namespace: 'default',
  isLocal: false,
  activityId: '7',
  activityType: 'joinNode',
  attempt: 2,
  workflowId: 'cluster/demo/node/k8s-redis',
  workflowRunId: 'run',
  workflowType: 'rollOutNode',
  taskQueue: 'groundswell-ansible',
  sdkComponent: 'activity',
  cluster: 'demo',
  stage: 'nodes',
  step: 'node/k8s-redis/join',
  seconds: 12.5,
  error: failure,
};

describe('logLine', () => {
  it('is one JSON object with the fields by which a step is found, and nothing that only the server needs', () => {
    expect(JSON.parse(logLine(anEntry(ofAnActivity), 'json'))).toEqual({
      time: '2026-11-25T12:00:00.000Z',
      level: 'WARN',
      message: 'step fails',
      cluster: 'demo',
      stage: 'nodes',
      step: 'node/k8s-redis/join',
      workflowId: 'cluster/demo/node/k8s-redis',
      runId: 'run',
      attempt: 2,
      activity: 'joinNode',
      taskQueue: 'groundswell-ansible',
      component: 'activity',
      seconds: 12.5,
      failureType: 'KubeadmFailed',
      failure: 'k8s-redis:\n  [ERROR CRI]',
    });
  });

  it('for a person begins with time, level and step, and keeps to one line', () => {
    expect(logLine(anEntry(ofAnActivity), 'text')).toBe(
      '12:00:00  WARN   node/k8s-redis/join  step fails  activity=joinNode  attempt=2  seconds=12.5  ' +
        'failure=k8s-redis: | [ERROR CRI]',
    );
  });

  it.each([
    ['cluster/demo', { cluster: 'demo' }],
    ['cluster/demo/node/k8s-redis', { cluster: 'demo', stage: 'nodes' }],
    ['cluster/demo/wave/2', { cluster: 'demo', stage: 'waves' }],
    ['roll-out-demo', {}],
  ])('says of a line of the workflow %s of which cluster and stage it is', (workflowId, fields) => {
    expect(JSON.parse(logLine(anEntry({ workflowId }), 'json'))).toEqual({
      time: '2026-11-25T12:00:00.000Z',
      level: 'WARN',
      message: 'step fails',
      workflowId,
      ...fields,
    });
  });

  it('writes any value: numbers without end, errors, nothing, a message of two lines', () => {
    const line = logLine(anEntry({ big: 7n, error: 'a text', gone: undefined }, 'one\ntwo'), 'json');

    expect(JSON.parse(line)).toMatchObject({ message: 'one | two', big: '7', failure: 'a text' });
    expect(logLine(anEntry(undefined, 'hello'), 'text')).toBe('12:00:00  WARN   worker  hello');
  });
});

describe('createLogger', () => {
  it('leaves out what the SDK says of activities, because observeActivity says it better, and nothing else', () => {
    const lines: string[] = [];
    const logger = createLogger({ form: 'text', write: (text) => lines.push(text) });

    logger.warn('Activity failed', { sdkComponent: 'worker' });
    logger.warn('Activity failed', { sdkComponent: 'activity' });
    logger.warn('Workflow failed', { sdkComponent: 'worker' });
    logger.info('asset workflow-bundle.js\n webpack compiled', { sdkComponent: 'worker' });
    logger.debug('details');

    expect(lines.map((line) => line.trim().split('  ').at(-1))).toEqual(['Activity failed', 'Workflow failed']);
  });
});
