import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureKinds } from '../../model/failures.js';
import { root } from '../../installation/config.js';

describe('docs/errors.md', () => {
  it.each(Object.entries(failureKinds))('has a heading, the exit code and the advice of %s', async (type, kind) => {
    const page = await readFile(join(root, 'docs', 'errors.md'), 'utf8');

    const [, section = ''] = new RegExp(`\\n## ${type}\\n([^#]*)`).exec(page) ?? [];

    expect(section).toContain(`Exit code ${kind.exitCode}.`);
    expect(section).toContain(kind.advice);
  });
});
