import { isRecord } from '../json/is-record.js';
import { SpecDocument } from './spec.js';

/** A JSON Schema or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema (draft 7) of the spec as a person writes it: fields with a default may be left out. For editors. */
export function specJsonSchema(): JsonSchema {
  const schema = SpecDocument.toJSONSchema({
    target: 'draft-7',
    io: 'input',
    // Formats that draft 7 does not know make strict validators refuse the schema; the patterns beside them say the same.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'cidrv4' || jsonSchema.format === 'safeint') delete jsonSchema.format;
    },
  });
  return { ...schema, title: 'Groundswell cluster spec' };
}

/** The part of a schema that describes the value at `path`; `undefined` where the schema knows nothing. */
export function schemaAt(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  for (const key of path) {
    if (here === undefined) return undefined;
    here = typeof key === 'number' ? record(here['items']) : member(here, key);
  }
  return here;
}

/** Names of the fields that a map may have; empty when any may. */
export function fieldNames(schema: JsonSchema | undefined): readonly string[] {
  return Object.keys(record(schema?.['properties']) ?? {});
}

/** The alternatives of a union; empty for anything else. */
export function alternatives(schema: JsonSchema | undefined): readonly JsonSchema[] {
  const list = schema?.['anyOf'];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function member(schema: JsonSchema, key: string): JsonSchema | undefined {
  const own = record(record(schema['properties'])?.[key]) ?? record(schema['additionalProperties']);
  if (own !== undefined) return own;
  return alternatives(schema)
    .map((alternative) => member(alternative, key))
    .find((found) => found !== undefined);
}

function record(value: unknown): JsonSchema | undefined {
  return isRecord(value) ? value : undefined;
}
