import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createOutput } from '../../client/output.js';
import { span } from '../../model/show/line.js';
import { rollOutReport } from '../../model/report/roll-out-report.js';
import { showReport } from '../../model/report/show-report.js';
import { someFacts } from '../model/report/some-facts.js';
import { captured } from './captured-streams.js';

const terminal = { columns: 20, rows: 5 };
const red = [span('bad news', 'bad')];

describe('createOutput', () => {
  it('writes plain lines into a pipe, even where colours are wanted', () => {
    const [stdout, stderr] = [captured(), captured()];

    createOutput({ stdout, stderr, color: true }).line(red);

    expect(stdout.text()).toBe('bad news\n');
    expect(stderr.text()).toBe('');
  });

  it('colours on a terminal, and not when colours are unwanted', () => {
    const [colored, plain] = [captured(terminal), captured(terminal)];

    createOutput({ stdout: colored, stderr: captured(), color: true }).line(red);
    createOutput({ stdout: plain, stderr: captured(), color: false }).line(red);

    expect(colored.text()).toBe('\u001b[31mbad news\u001b[0m\n');
    expect(plain.text()).toBe('bad news\n');
  });

  it('keeps stdout for one document when JSON is wanted', () => {
    const [stdout, stderr] = [captured(), captured()];
    const output = createOutput({ stdout, stderr, color: false });

    output.useJson();
    output.line('for people');
    output.progress('on the way');
    output.json({ answer: 42 });

    expect(JSON.parse(stdout.text())).toEqual({ answer: 42 });
    expect(stderr.text()).toBe('on the way\n');
  });

  it('says an error in one line on stderr, and as JSON where that is wanted', () => {
    const [stdout, stderr] = [captured(), captured()];
    const output = createOutput({ stdout, stderr, color: false });
    output.useJson();

    output.error({ type: 'TimedOut', message: 'it took too long', advice: 'wait', exitCode: 1 });

    expect(stderr.text()).toBe('error: it took too long → wait\n');
    expect(JSON.parse(stdout.text())).toEqual({
      error: { type: 'TimedOut', message: 'it took too long', advice: 'wait', exitCode: 1 },
    });
  });

  it('draws over the lines of the last drawing, each cut to the screen', () => {
    const stdout = captured(terminal);
    const output = createOutput({ stdout, stderr: captured(), color: false });

    output.redraw([[span('first')], [span('second')]]);
    const before = stdout.text().length;
    output.redraw([[span('a line that is longer than the screen')]]);

    expect(stdout.text().slice(before)).toBe('\r\u001b[2Aa line that is lon…\u001b[K\n\u001b[J');
  });

  it.each([
    ['Korean', '디스크가 가득 차서 잠시 멈춥니다. 곧 다시 시작하겠습니다'],
    ['emoji', '🚧🚧🚧 👩‍👩‍👧‍👦 👍🏽 🇰🇷 ⚠️ the disk is full 🚧🚧🚧'],
    [
      'combining marks',
      'Cafe\u0301 Zu\u0308rich q\u0307\u0323 n\u0303andu\u0301 e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301',
    ],
    ['line breaks and tabs', 'one\ntwo\n\nthree\tfour\tfive'],
    ['escape sequences', 'a\u001b[2Jb\u001b[10;10Hc\rd\u0007e\u009b2Jf, and more of it behind that'],
  ])('draws a row with %s that does not wrap, so that the next drawing begins at the right row', (_, text) => {
    const stdout = captured(terminal);
    const output = createOutput({ stdout, stderr: captured(), color: false });

    output.redraw([[span('PAUSED: '), span(text, 'bad')], [span('next')]]);
    const first = stdout.text();
    output.redraw([[span('again')]]);

    const rows = first.replace('\r', '').replaceAll('\u001b[K', '').replace('\u001b[J', '').split('\n');
    expect(rows.slice(1)).toEqual(['next', '']);
    expect(stringWidth(rows[0]!)).toBeLessThan(terminal.columns);
    expect(rows[0]).not.toMatch(/\p{Cc}/u);
    expect(stdout.text().slice(first.length)).toMatch(/^\r\u001b\[2A/);
  });

  it('cuts a coloured row by what is seen of it, and ends its colour', () => {
    const stdout = captured(terminal);

    createOutput({ stdout, stderr: captured(), color: true }).redraw([[span('안녕하세요 여러분 반갑습니다', 'bad')]]);

    const [row = ''] = stdout.text().slice(1).split('\u001b[K');
    expect(row).toBe('\u001b[31m안녕하세요 여러분 …\u001b[39m');
  });

  it.each([20, 40, 60, 80, 100])('prints a table that is never wider than a terminal of %d columns', (columns) => {
    const [stdout, pipe] = [captured({ columns, rows: 5 }), captured()];
    const table = showReport(rollOutReport(someFacts()), { columns });

    createOutput({ stdout, stderr: captured(), color: false }).table(table);
    createOutput({ stdout: pipe, stderr: captured(), color: false }).table(table);

    const widths = stdout
      .text()
      .split('\n')
      .map((row) => stringWidth(row));
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    expect(pipe.text()).not.toMatch(/…$/m);
  });

  it('draws nothing in a pipe', () => {
    const stdout = captured();

    createOutput({ stdout, stderr: captured(), color: false }).redraw([[span('table')]]);

    expect(stdout.text()).toBe('');
  });

  it('says how many lines a small screen leaves out', () => {
    const stdout = captured(terminal);

    createOutput({ stdout, stderr: captured(), color: false }).redraw(
      ['1', '2', '3', '4', '5', '6'].map((text) => [span(text)]),
    );

    expect(stdout.text()).toContain('… 3 more lines');
  });
});
