import { describe, expect, it } from 'vitest';
import { parseEvent, progressLine } from '../../../systems/ansible/events.js';

const result = { host: 'a', task: 'Install containerd', action: 'ansible.builtin.apt' };

describe('parseEvent', () => {
  it('reads the events of the callback plugin', () => {
    expect(parseEvent(JSON.stringify({ event: 'ok', ...result, changed: true, more: 1 }))).toEqual({
      event: 'ok',
      ...result,
      changed: true,
    });
  });

  it.each(['', 'PLAY [all] ***', '{"event":"unknown"}', '{"event":"ok"}', 'null', '{'])(
    'leaves %s to the log',
    (line) => {
      expect(parseEvent(line)).toBeUndefined();
    },
  );
});

describe('progressLine', () => {
  it('names the task that begins and the one that is tried again', () => {
    expect(progressLine({ event: 'task', task: result.task, action: result.action })).toBe('Install containerd');
    expect(progressLine({ event: 'retry', ...result, attempt: 2, retries: 5 })).toBe('Install containerd: try 2');
    expect(progressLine({ event: 'ok', ...result, changed: false })).toBeUndefined();
  });
});
