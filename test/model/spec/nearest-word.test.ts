import { describe, expect, it } from 'vitest';
import { nearestWord, oneOf } from '../../../model/spec/nearest-word.js';

describe('nearestWord', () => {
  it('finds the word that was meant', () => {
    expect(nearestWord('instanceType', ['zones', 'instanceTypes', 'labels'])).toBe('instanceTypes');
    expect(nearestWord('podCIDR', ['vpcCidr', 'podCidr'])).toBe('podCidr');
    expect(nearestWord('regoin', ['region', 'cluster'])).toBe('region');
  });

  it('guesses nothing when no word is near', () => {
    expect(nearestWord('secrets', ['cluster', 'region'])).toBeUndefined();
    expect(nearestWord('', ['abc'])).toBeUndefined();
  });
});

describe('oneOf', () => {
  it('lists the words and adds the guess', () => {
    expect(oneOf(['api', 'worker'], 'apis')).toBe('one of api, worker (did you mean api?)');
    expect(oneOf(['flannel'], 'calico')).toBe('flannel');
  });
});
