import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../model/spec/parse-spec.js';

const examples = join(import.meta.dirname, '../../../examples');
const broken = readdirSync(join(examples, 'broken')).filter((name) => name.endsWith('.yaml'));

function messagesOf(text: string, file = 'cluster.yaml'): readonly string[] {
  const parsed = parseSpec(text, file);
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.message);
}

function exampleText(name: string): string {
  return readFileSync(join(examples, name), 'utf8');
}

describe('parseSpec', () => {
  it.each(['one-node.yaml', 'three-nodes.yaml', '../cluster.yaml'])('finds nothing wrong with %s', (name) => {
    expect(messagesOf(exampleText(name), name)).toEqual([]);
  });

  it.each(broken)('names every problem of examples/broken/%s with its place', async (name) => {
    const messages = messagesOf(exampleText(join('broken', name)), name);

    expect(messages).not.toEqual([]);
    await expect(`${messages.join('\n')}\n`).toMatchFileSnapshot(
      join(examples, 'broken', name.replace(/\.yaml$/, '.problems.txt')),
    );
  });

  it('has a list of problems for each broken example, and no other list', () => {
    const lists = readdirSync(join(examples, 'broken')).filter((name) => name.endsWith('.problems.txt'));

    expect(lists.toSorted()).toEqual(broken.map((name) => name.replace(/\.yaml$/, '.problems.txt')).toSorted());
  });

  it('never shows a secret that stands where a reference to it should', () => {
    const messages = messagesOf(exampleText('broken/schema-and-rules.yaml'));

    expect(messages.join('\n')).not.toContain('BEGIN OPENSSH');
    expect(messages).toContain('cluster.yaml:11:8 access.key: found text, expected { file } or { env }');
  });

  it('points into the anchor when an aliased value is wrong', () => {
    const text = exampleText('one-node.yaml').replace(
      'nodes:\n',
      'nodeGroups:\n  a: &a { diskGiB: 2 }\n  b: *a\nnodes:\n',
    );

    const messages = messagesOf(text);

    const line = text.split('\n').findIndex((each) => each.includes('&a')) + 1;
    expect(messages).toEqual([
      `cluster.yaml:${line}:20 nodeGroups.a.diskGiB: found 2, expected at least 8`,
      `cluster.yaml:${line}:20 nodeGroups.b.diskGiB: found 2, expected at least 8`,
    ]);
  });

  it('refuses a document that would fill the memory by aliases', () => {
    const laughs = ['a: &a [1,2,3,4,5,6,7,8,9]'];
    for (const [name, last] of ['ba', 'cb', 'dc', 'ed']) laughs.push(`${name}: &${name} [${`*${last},`.repeat(9)}]`);

    const messages = messagesOf(laughs.join('\n'));

    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('unusable aliases');
  });

  it('does not take a part that is invalid for one that is missing', () => {
    const text = exampleText('one-node.yaml').replace('role: control-plane', 'role: control-plane, phase: one');

    const messages = messagesOf(text);

    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('nodes[0].phase: found "one", expected a whole number');
  });

  it('keeps a key called __proto__ out of the spec', () => {
    const messages = messagesOf(`${exampleText('one-node.yaml')}\n__proto__: { approval: none }\n`);

    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('found the unknown key "__proto__"');
  });
});
