import { describe, expect, it } from 'vitest';
import { kubectlSkew } from '../../../client/doctor/kubectl-skew.js';

const kubectl = (found: string) => ({ name: 'kubectl', state: 'ok', found, from: '/usr/bin/kubectl' }) as const;

describe('kubectlSkew', () => {
  it('does not tick a kubectl 1.32 for a cluster of 1.36, and names those that fit', () => {
    expect(kubectlSkew(kubectl('1.32.4'), '1.36.3')).toMatchObject({
      state: 'optional',
      found: '1.32.4',
      advice: expect.stringContaining('the cluster runs 1.36.3: use kubectl 1.35 to 1.37') as unknown,
    });
  });

  it.each(['1.35.0', '1.36.3', '1.37.2'])('ticks %s', (found) => {
    expect(kubectlSkew(kubectl(found), '1.36.3')).toEqual(kubectl(found));
  });

  it('judges nothing where there is no kubectl, or no valid spec', () => {
    const none = { name: 'kubectl', state: 'optional', found: 'none' } as const;

    expect(kubectlSkew(none, '1.36.3')).toEqual(none);
    expect(kubectlSkew(kubectl('1.32.4'), undefined)).toEqual(kubectl('1.32.4'));
  });
});
