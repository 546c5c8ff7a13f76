import { describe, expect, it } from 'vitest';
import { differingFields, secretValues, withheld } from '../../../model/secrets/withheld-secret.js';
import { sha256 } from '../../builders.js';

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  metadata: {
    name: 'db',
    namespace: 'shop',
    labels: { app: 'shop' },
    annotations: {
      owner: 'team-shop',
      'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"password":"hunter2"}}',
    },
  },
  data: { user: 'YWRtaW4=' },
  stringData: { password: 'hunter2', again: 'hunter2' },
};

describe('withheld', () => {
  it('leaves no value of a Secret, nor what kubectl repeats of it, and all that is none', () => {
    const kept = withheld(secret, sha256);

    const text = JSON.stringify(kept);
    for (const value of ['hunter2', 'YWRtaW4=']) expect(text).not.toContain(value);
    expect(kept).toMatchObject({
      type: 'Opaque',
      metadata: { labels: { app: 'shop' }, annotations: { owner: 'team-shop' } },
    });
    expect(Object.keys(kept['stringData'] ?? {})).toEqual(['password', 'again']);
  });

  it('tells neither that two values are equal nor that two Secrets have the same one', () => {
    const other = { ...secret, metadata: { ...secret.metadata, name: 'other' } };
    const values = [secret, other].flatMap((one) => secretValues(withheld(one, sha256)).map(({ value }) => value));

    expect(new Set(values).size).toBe(values.length);
  });

  it('gives the same for the same, so that a plan keeps its digest', () => {
    expect(withheld(secret, sha256)).toEqual(withheld(structuredClone(secret), sha256));
  });

  it('leaves any other object as it is, a kind of that name in another group too', () => {
    const foreign = { ...secret, apiVersion: 'example.com/v1' };

    expect(withheld(foreign, sha256)).toBe(foreign);
    expect(secretValues({ ...secret, kind: 'ConfigMap' })).toEqual([]);
  });

  it('names the fields in which two differ, not their values', () => {
    const changed = { ...secret, stringData: { password: 'hunter3', again: 'hunter2' } };

    expect(differingFields(withheld(secret, sha256), withheld(changed, sha256))).toEqual(['stringData.password']);
    expect(differingFields(secret, { ...secret, type: 'kubernetes.io/tls' })).toEqual(['other fields']);
  });
});
