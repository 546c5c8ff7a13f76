import { isRecord } from '../json/is-record.js';
import { listAt, textAt, textsAt } from '../json/json-value.js';

/** Whether labels fit a LabelSelector as the API server reads one: an empty selector fits all, none at all fits nothing. */
export function fitsSelector(labels: Readonly<Record<string, string>> = {}, selector: unknown): boolean {
  if (!isRecord(selector)) return false;
  const all = Object.entries(textsAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return all && listAt(selector, 'matchExpressions').every((expression) => fitsExpression(labels, expression));
}

function fitsExpression(labels: Readonly<Record<string, string>>, expression: unknown): boolean {
  const value = labels[textAt(expression, 'key') ?? ''];
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
