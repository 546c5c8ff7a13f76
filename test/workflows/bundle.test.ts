import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from './workflow-bundle.js';

describe('the workflow bundle', () => {
  it('holds our workflows and the part of the model that they need, and neither zod, yaml, string-width, Node nor the other folders', async () => {
    const text = await readFile((await workflowBundle()).codePath, 'utf8');
    const modules = [...text.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm)].map((match) => match[1] ?? '');

    expect(modules).toContain('./workflows/roll-out-cluster.ts');
    expect(modules).toContain('./model/failures.ts');
    expect(modules.filter((name) => /node_modules\/(?:zod|yaml|string-width)\//.test(name))).toEqual([]);
    expect(modules.filter((name) => /^\.\/(?!workflows|model|node_modules)/.test(name))).toEqual([]);
    expect(text.match(/require\("(?:node:)?(?:fs|net|http|child_process|crypto|os|path)[^"]*"\)/g)).toBeNull();
    expect(text).not.toMatch(/from ["']node:|require\(["']node:/);
  });
});
