import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packagesIndex, releaseFile } from '../../../rehearsal/kubernetes/apt-index.js';

const kubelet = {
  control: 'Package: kubelet\nVersion: 1.36.3-1.1\nDescription: node agent\n more of it\n',
  fileName: 'kubelet_1.36.3-1.1_amd64.deb',
  sizeBytes: 1338,
  sha256: 'a'.repeat(64),
};
const containerd = { ...kubelet, control: 'Package: containerd', fileName: 'containerd_1.6.20_amd64.deb' };

describe('packagesIndex', () => {
  it('adds place, size and hash to each control file, sorted by file name, one empty line between', () => {
    const text = packagesIndex([kubelet, containerd]);

    expect(text.split('\n\n').map((stanza) => stanza.split('\n')[0])).toEqual([
      'Package: containerd',
      'Package: kubelet',
    ]);
    expect(text).toContain(
      ` more of it\nFilename: ./kubelet_1.36.3-1.1_amd64.deb\nSize: 1338\nSHA256: ${'a'.repeat(64)}\n`,
    );
  });
});

describe('releaseFile', () => {
  it('names the hash and size in bytes of the index', () => {
    const index = 'Package: ü\n';

    const text = releaseFile(index, new Date(0));

    const sha256 = createHash('sha256').update(index).digest('hex');
    expect(text).toContain(`SHA256:\n ${sha256} 12 Packages\n`);
    expect(text).toContain('Date: Thu, 01 Jan 1970 00:00:00 GMT');
  });
});
