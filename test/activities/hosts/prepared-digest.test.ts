import { describe, expect, it } from 'vitest';
import { preparedDigest } from '../../../activities/hosts/prepared-digest.js';
import { aNode, aSpec, sha256 } from '../../builders.js';

const spec = aSpec();
const node = aNode({ name: 'w' });
const base = { spec, node, content: 'c', digest: sha256 };

describe('preparedDigest', () => {
  it('is the same for nodes that are prepared alike', () => {
    expect(preparedDigest({ ...base, node: aNode({ name: 'other', labels: { tier: 'api' } }) })).toBe(
      preparedDigest(base),
    );
  });

  it('moves with the roles, the version, the repository and the role of the node', () => {
    const { kubernetes } = spec;
    const digests = [
      base,
      { ...base, content: 'd' },
      { ...base, spec: aSpec({ kubernetes: { ...kubernetes, version: '1.36.4' } }) },
      { ...base, spec: aSpec({ kubernetes: { ...kubernetes, packages: { repository: 'https://example.com/x/' } } }) },
      { ...base, node: aNode({ name: 'w', role: 'control-plane' }) },
    ].map(preparedDigest);

    expect(new Set(digests).size).toBe(digests.length);
  });
});
