import { describe, expect, it } from 'vitest';
import { maskValues } from '../../../model/secrets/mask-values.js';

const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END KEY-----\n';

describe('maskValues', () => {
  it.each([
    ['as it is', 'found hunter2!', 'found ***!'],
    ['as JSON', JSON.stringify({ key }), '{"key":"***\\n"}'],
    ['in one line', `found ${key.replaceAll(/\s+/g, ' ')}here`, 'found *** here'],
  ])('replaces a value %s', (_how, text, masked) => {
    expect(maskValues(text, ['hunter2', key])).toBe(masked);
  });

  it('gives a text up that was cut within a value', () => {
    expect(maskValues('found -----BEGIN KEY----- MIIEvQIBADAN', [key])).toBeUndefined();
  });

  it('leaves words alone that are as short as anything', () => {
    expect(maskValues('expected a map at 3', ['a', '3', ''])).toBe('expected a map at 3');
  });
});
