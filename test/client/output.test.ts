import { describe, expect, it } from 'vitest';
import { createOutput } from '../../client/output.js';
import { span } from '../../model/show/line.js';
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
