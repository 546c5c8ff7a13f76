import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';

/** CONTRIBUTING asks for 25; a few words more are let through, so that nobody has to count. */
const mostWords = 30;

const mostWordsOfComment = 25;

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];

const folders = [
  ...['model', 'workflows', 'activities', 'systems', 'installation', 'worker', 'client', 'rehearsal', 'bench'],
  'observer',
];

describe('the English of the pages', () => {
  it.each(pages.filter((page) => page.endsWith('.md')))(
    '%s has no sentence that is too long to be read once',
    (page) => {
      const tooLong = sentences(readFileSync(join(root, page), 'utf8')).filter((text) => wordCount(text) > mostWords);

      expect(tooLong).toEqual([]);
    },
  );

  it('finds a long sentence in a paragraph, in a list and in a cell of a table', () => {
    const long = `${'word '.repeat(mostWords)}more.`;
    const page = `Short. ${long}\n\n- ${long}\n\n| ${long} | short |\n\n\`\`\`\n${long}\n\`\`\`\n`;

    const tooLong = sentences(page).filter((text) => wordCount(text) > mostWords);

    expect(tooLong).toHaveLength(3);
  });

  it('counts code as one word and leaves out what is in brackets', () => {
    expect(wordCount('Run `npm run test:crash` (which takes six minutes) now.')).toBe(3);
  });
});

describe('the English of the sources', () => {
  it.each(folders)('no doc comment in %s has a sentence that is too long to be read once', (folder) => {
    expect(sourcesOf(folder).flatMap(({ file, text }) => longComments(text).map((long) => `${file}: ${long}`))).toEqual(
      [],
    );
  });

  it.each(folders)('no text for people in %s has a sentence that is too long to be read once', (folder) => {
    expect(sourcesOf(folder).flatMap(({ file, text }) => longTexts(text).map((long) => `${file}: ${long}`))).toEqual(
      [],
    );
  });

  it('finds a long sentence in a doc comment of several lines, and leaves the lines of other comments alone', () => {
    const long = `Says ${'word '.repeat(mostWordsOfComment)}\n * more.`;

    expect(longComments(`/**\n * Short.\n * ${long}\n */\n// ${long.replaceAll('\n * ', '')}`)).toHaveLength(1);
  });

  it('finds a long sentence in an error that is put together of pieces and values', () => {
    const half = 'word '.repeat(mostWords / 2);

    expect(longTexts(`throw new Error(\`node \${name}: ${half}\` + '${half} more')`)).toHaveLength(1);
    expect(longTexts(`throw new Error(\`node \${name}: ${half}; \` + '${half} more')`)).toEqual([]);
  });
});

function sourcesOf(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') }));
}

function longComments(source: string): readonly string[] {
  return [...source.matchAll(/\/\*\*.*?\*\//gs)]
    .map(([comment]) => comment.slice('/**'.length, -'*/'.length).replaceAll(/^\s*\* ?/gm, ''))
    .flatMap(sentences)
    .filter((text) => wordCount(text) > mostWordsOfComment);
}

/** An error says "what, where: expected, found; what next" in one line: a semicolon ends a sentence of it. */
function longTexts(source: string): readonly string[] {
  return textsIn(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true))
    .filter((text) => !text.includes('\n'))
    .flatMap((text) => text.split(/(?<=[.?!;])\s+/))
    .filter((text) => wordCount(text) > mostWords);
}

/** The string literals of a source, also those inside of others. `+` joins them to one text; a value counts as one word. */
function textsIn(node: ts.Node): readonly string[] {
  const whole = textOf(node);
  const texts = whole === undefined ? [] : [whole];
  ts.forEachChild(node, (child) => {
    texts.push(...textsIn(child));
  });
  return texts;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map((span) => `value${span.literal.text}`)].join('');
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? 'value'}${right ?? 'value'}`;
}

/** The sentences of a Markdown page; code blocks are none. A list item, a heading or a cell of a table ends a sentence. */
function sentences(page: string): readonly string[] {
  return page
    .replaceAll(/^```.*?^```/gms, '\n\n')
    .split(/\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\. ))/)
    .flatMap((block) => (block.trim().startsWith('|') ? block.split('|') : [block]))
    .flatMap((text) => text.replaceAll('\n', ' ').split(/(?<=[.?!])\)?\*{0,2}\s+(?=[A-Z`*_([])/));
}

function wordCount(sentence: string): number {
  const words = sentence.replaceAll(/`[^`]*`/g, 'code').replaceAll(/\([^)]*\)/g, '');
  return words.split(/\s+/).filter((word) => /\w/.test(word)).length;
}
