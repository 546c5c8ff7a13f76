import { describe, expect, it } from 'vitest';
import { showUnitLook } from '../../../model/show/show-unit-look.js';

describe('showUnitLook', () => {
  it('shows pods, events and the last lines of each container, also of the run before a crash', () => {
    const look = {
      unit: 'api-location',
      wave: 2,
      objects: 3,
      open: ['Deployment api/location 0/1: pod location-5d9: container app CrashLoopBackOff'],
      pods: [
        {
          namespace: 'api',
          name: 'location-5d9',
          node: 'k8s-api-location',
          phase: 'Running',
          ready: false,
          logs: [
            { container: 'app', previous: true, text: 'connecting to postgres\nno route to host\n' },
            { container: 'sidecar', previous: false, text: '' },
            { container: 'late', previous: false, problem: 'container late is waiting to start' },
          ],
        },
      ],
      events: [
        {
          at: '2026-11-28T04:20:33Z',
          type: 'Warning',
          reason: 'BackOff',
          about: 'Pod location-5d9',
          count: 12,
          message: 'restarting failed container',
        },
      ],
    };

    const lines = showUnitLook(look).map((line) => line.map(({ text }) => text).join(''));

    expect(lines).toEqual([
      'unit api-location, wave 2: 1 of 3 objects not ready',
      '  Deployment api/location 0/1: pod location-5d9: container app CrashLoopBackOff',
      '',
      'pods',
      '  api/location-5d9  on k8s-api-location  Running',
      '',
      'events, newest last',
      '  2026-11-28T04:20:33Z  Warning  BackOff  Pod location-5d9: restarting failed container (12 times)',
      '',
      'log of location-5d9, container app, previous run',
      '  connecting to postgres',
      '  no route to host',
      '',
      'log of location-5d9, container sidecar',
      '  nothing',
      '',
      'log of location-5d9, container late',
      '  container late is waiting to start',
    ]);
  });

  it('says in one line that all is ready', () => {
    const look = { unit: 'redis', wave: 0, objects: 2, open: [], pods: [], events: [] };

    expect(showUnitLook(look).map((line) => line.map(({ text }) => text).join(''))).toEqual([
      'unit redis, wave 0: all 2 objects are ready',
    ]);
  });
});
