import { describe, expect, it } from 'vitest';
import { preview, previewOfEnd } from '../../../model/show/preview.js';

describe('preview', () => {
  it('leaves a text alone that is short enough', () => {
    expect(preview('short', { longest: 5 })).toBe('short');
  });

  it('shows beginning and end, how much is between them, and where all of it is', () => {
    expect(preview(`${'a'.repeat(50)}${'b'.repeat(50)}`, { longest: 10, whole: 'sha256:ab' })).toBe(
      'aaaaa … 90 characters left out, all of it: sha256:ab … bbbbb',
    );
  });
});

describe('previewOfEnd', () => {
  it('shows the last whole lines, below a line that says what is left out', () => {
    expect(previewOfEnd('one\ntwo\nthree\nfour\n', { longest: 12, whole: 'sha256:ab' })).toBe(
      '… 8 characters left out, all of it: sha256:ab\nthree\nfour\n',
    );
  });

  it('cuts a single line where it must', () => {
    expect(previewOfEnd('0123456789', { longest: 4 })).toBe('… 6 characters left out\n6789');
  });
});
