import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldNames, schemaAt, specJsonSchema } from '../../../model/spec/json-schema.js';

describe('specJsonSchema', () => {
  it('is what docs/cluster.schema.json says; run `npm run schema` when it is not', () => {
    const committed = readFileSync(join(import.meta.dirname, '../../../docs/cluster.schema.json'), 'utf8');

    expect(committed).toBe(`${JSON.stringify(specJsonSchema(), undefined, 2)}\n`);
  });

  it('does not ask for fields that have a default', () => {
    expect(specJsonSchema()['required']).not.toContain('approval');
    expect(specJsonSchema()['required']).toContain('nodes');
  });

  it('describes every field of the document', () => {
    const schema = specJsonSchema();

    for (const name of fieldNames(schema)) {
      expect(schemaAt(schema, [name]), name).toHaveProperty('description');
    }
  });
});

describe('schemaAt', () => {
  it('walks through lists, maps and unions', () => {
    const schema = specJsonSchema();

    expect(fieldNames(schemaAt(schema, ['nodes', 3]))).toContain('instanceTypes');
    expect(schemaAt(schema, ['nodeGroups', 'api', 'labels', 'tier'])).toMatchObject({ type: 'string' });
    expect(schemaAt(schema, ['access', 'key', 'env'])).toMatchObject({ type: 'string' });
    expect(schemaAt(schema, ['nodes', 3, 'nonsense', 'deeper'])).toBeUndefined();
  });
});
