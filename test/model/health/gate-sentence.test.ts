import { describe, expect, it } from 'vitest';
import { gateSentence } from '../../../model/health/gate-sentence.js';
import { ready, stuck, waiting } from '../../../model/health/verdict.js';

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'location', namespace: 'api' };
const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace: 'api' };

describe('gateSentence', () => {
  it('says which wave waits for what, how far it is and why, the most telling object first', () => {
    const judged = [
      { reference: claim, verdict: waiting('is not bound to a volume yet') },
      { reference: deployment, verdict: stuck('pod location-1 0/14 nodes: 1 Insufficient memory', '0/2') },
      { reference: { ...claim, name: 'other' }, verdict: ready },
    ];

    expect(gateSentence(2, judged)).toBe(
      'wave 2 waits for Deployment api/location 0/2: pod location-1 0/14 nodes: 1 Insufficient memory (and 1 more)',
    );
  });

  it('says nothing when everything is ready', () => {
    expect(gateSentence(2, [{ reference: deployment, verdict: ready }])).toBe('');
  });
});
