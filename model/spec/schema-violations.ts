import { isRecord } from '../json/is-record.js';
import { alternatives, fieldNames, schemaAt, specJsonSchema } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { textAt } from '../json/json-value.js';
import { oneOf } from './nearest-word.js';
import type { SpecDocument } from './spec.js';
import type { SpecPath, SpecViolation } from './spec-problem.js';

/** One issue as the schema reports it. */
export type SchemaIssue = NonNullable<ReturnType<typeof SpecDocument.safeParse>['error']>['issues'][number];

/** Says the issues of the schema in our words. `document` is what was parsed. */
export function schemaViolations(issues: readonly SchemaIssue[], document: unknown): readonly SpecViolation[] {
  const schema = specJsonSchema();
  return issues.flatMap((issue) => violationsOf(issue, [], { schema, document }));
}

interface Context {
  readonly schema: JsonSchema;
  readonly document: unknown;
}

function violationsOf(issue: SchemaIssue, base: SpecPath, context: Context): readonly SpecViolation[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const value = valueAt(context.document, path);
  const schema = schemaAt(context.schema, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, fieldNames(schema)));
    case 'invalid_union':
      return unionViolations(issue.errors, path, value, context);
    case 'invalid_key':
      return [
        { path, found: showValue(path.at(-1)), expected: expectation(issue.issues[0]?.message ?? ''), at: 'key' },
      ];
    case 'invalid_type':
      return [{ path, found: showValue(value), expected: expectedType(issue.expected, value, schema) }];
    case 'invalid_value':
      return [{ path, found: showValue(value), expected: oneOf(issue.values.map(String), String(value)) }];
    case 'too_small':
      if (issue.minimum === 1) return [{ path, found: showValue(value), expected: notEmpty(value) }];
      return [{ path, found: showValue(value), expected: `at least ${issue.minimum}` }];
    case 'too_big':
      return [{ path, found: showValue(value), expected: `at most ${issue.maximum}${unitOf(value)}` }];
    case 'invalid_format':
      return [
        { path, found: showValue(value), expected: issue.format === 'url' ? 'a URL' : expectation(issue.message) },
      ];
    default:
      return [{ path, found: showValue(value), expected: expectation(issue.message) }];
  }
}

function unknownKey(path: SpecPath, key: string, known: readonly string[]): SpecViolation {
  return { path: [...path, key], found: `the unknown key ${showValue(key)}`, expected: oneOf(known, key), at: 'key' };
}

/**
 * A map that fits one alternative but for its values is judged by that alternative; anything else gets one sentence
 * with all of them. Values are not shown: where a reference to a secret is expected, the secret itself may stand.
 */
function unionViolations(
  errors: readonly (readonly SchemaIssue[])[],
  path: SpecPath,
  value: unknown,
  context: Context,
): readonly SpecViolation[] {
  const meant = errors.find((issues) => issues.every((issue) => issue.code !== 'unrecognized_keys'));
  if (isRecord(value) && Object.keys(value).length > 0 && meant !== undefined) {
    return meant.flatMap((issue) => violationsOf(issue, path, context));
  }
  const shapes = alternatives(schemaAt(context.schema, path)).map((alternative) => braces(fieldNames(alternative)));
  return [{ path, found: shapeOf(value), expected: shapes.join(' or ') }];
}

function expectedType(type: string, value: unknown, schema: JsonSchema | undefined): string {
  if (value === undefined || value === null) {
    return describedType(type, schema);
  }
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  if (type !== 'string' || !scalar) return describedType(type, schema);
  // Quotes alone help only when the text would be a good one: `1.36` is no version, in quotes or without.
  const fits = new RegExp(textAt(schema, 'pattern') ?? '').test(String(value));
  return fits ? `text; put it in quotes: "${value}"` : describedType(type, schema);
}

function describedType(type: string, schema: JsonSchema | undefined): string {
  const fields = fieldNames(schema);
  const word =
    type === 'object' && fields.length > 0
      ? `a map ${braces(fields)}`
      : typeWord(textAt(schema, 'type') === 'integer' ? 'int' : type);
  const description = (textAt(schema, 'description') ?? '').replace(/[.;].*$/s, '');
  return description === '' ? word : `${word} (${description})`;
}

function typeWord(type: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
  };
  return words[type] ?? type;
}

function notEmpty(value: unknown): string {
  return Array.isArray(value) ? 'at least one item' : 'text that is not empty';
}

function unitOf(value: unknown): string {
  return typeof value === 'string' ? ' characters' : '';
}

// Our own messages begin with `expected`; those of the library end with what it got, which we say ourselves.
function expectation(message: string): string {
  return message.replace(/^.*?expected /s, '').replace(/, received .*$/s, '');
}

/** A value as people see it in a message: short, maps and lists by what they hold. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isRecord(value)) return shapeOf(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

function shapeOf(value: unknown): string {
  if (isRecord(value)) return Object.keys(value).length === 0 ? 'an empty map' : braces(Object.keys(value));
  if (typeof value === 'string') return 'text';
  return showValue(value);
}

function braces(names: readonly string[]): string {
  return `{ ${names.join(', ')} }`;
}

function valueAt(document: unknown, path: SpecPath): unknown {
  let here = document;
  for (const key of path) {
    if (Array.isArray(here) && typeof key === 'number') here = here[key];
    else here = isRecord(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
}
