import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';

/** CONTRIBUTING asks for 25; a few words more are let through, so that nobody has to count. */
const mostWords = 30;

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];

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
