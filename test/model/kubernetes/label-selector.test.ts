import { describe, expect, it } from 'vitest';
import { fitsSelector } from '../../../model/kubernetes/label-selector.js';

const labels = { app: 'api', tier: 'front' };
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('fitsSelector', () => {
  it.each([
    ['an empty selector', {}, true],
    ['no selector', undefined, false],
    ['all labels of a selector', { matchLabels: { app: 'api', tier: 'front' } }, true],
    ['one label that differs', { matchLabels: { app: 'api', tier: 'back' } }, false],
    ['a value in the list', expression('app', 'In', 'web', 'api'), true],
    ['a value that is not in the list', expression('app', 'In', 'web'), false],
    ['a label that is missing from a list', expression('zone', 'In', 'a'), false],
    ['a value outside of the list', expression('app', 'NotIn', 'web'), true],
    ['a label that is missing, which is in no list', expression('zone', 'NotIn', 'a'), true],
    ['a label that is there', expression('app', 'Exists'), true],
    ['a label that must not be there', expression('app', 'DoesNotExist'), false],
    [
      'labels and an expression of which one does not fit',
      { matchLabels: { app: 'api' }, ...expression('tier', 'DoesNotExist') },
      false,
    ],
    ['an operator that nobody knows', expression('app', 'Gt', '1'), false],
  ])('reads %s as the API server does', (_title, selector, fits) => {
    expect(fitsSelector(labels, selector)).toBe(fits);
  });
});
