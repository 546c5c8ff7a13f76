import { describe, expect, it } from 'vitest';
import { controlPlaneOf } from '../../../model/spec/control-plane-of.js';
import { aSpec } from '../../builders.js';

describe('controlPlaneOf', () => {
  it('is the one node with that role, and a spec without one is refused', () => {
    const spec = aSpec();

    expect(controlPlaneOf(spec)).toMatchObject({ role: 'control-plane' });
    expect(() => controlPlaneOf({ ...spec, nodes: [] })).toThrow(
      `cluster ${spec.cluster}: found no control plane, expected exactly one`,
    );
  });
});
