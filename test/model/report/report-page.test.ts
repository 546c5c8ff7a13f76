import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../../model/report/escape-html.js';
import { timeKinds } from '../../../model/report/lane.js';
import { classOf, ticksOf } from '../../../model/report/report-chart.js';
import { reportPage } from '../../../model/report/report-page.js';
import { rollOutReport, type RollOutReport } from '../../../model/report/roll-out-report.js';
import { someFacts } from './some-facts.js';

const report = rollOutReport(someFacts());
const count = (page: string, pattern: RegExp): number => page.match(pattern)?.length ?? 0;

/** The same report, every text of which that is not ours is this one. */
function saying(text: string): RollOutReport {
  return {
    ...report,
    cluster: text,
    workflowId: text,
    runId: text,
    planDigest: text,
    by: text,
    before: { ...report.before!, workflowId: text, approvedBy: text },
    lanes: report.lanes.map((lane) => ({
      ...lane,
      title: text,
      stretches: lane.stretches.map((stretch) => ({ ...stretch, part: text, note: text })),
    })),
    criticalPath: report.criticalPath.map((part) => ({ ...part, part: text, note: text, because: text })),
    parks: report.parks.map((park) => ({
      ...park,
      step: text,
      failure: text,
      answer: { action: text, by: text, reason: text },
    })),
    pauses: [{ fromMs: 0, toMs: 1_000, by: text, reason: text }],
    failedTries: report.failedTries.map((tried) => ({ ...tried, step: text, type: text, message: text })),
  };
}

describe('reportPage', () => {
  it('has a colour for every kind of time', () => {
    const page = reportPage(report);

    expect(timeKinds.filter((kind) => !page.includes(`.${classOf({ kind })} {`))).toEqual([]);
  });

  it('has a label and its bars for every lane, and its time', () => {
    const page = reportPage(report);

    expect(count(page, /<li class="on-path"><span>/g) + count(page, /<li><span>/g)).toBe(report.lanes.length);
    const stretches = report.lanes.flatMap((lane) => lane.stretches);
    expect(count(page, /<rect class="k-[a-z-]+( failed)?" x=/g)).toBe(stretches.length);
    expect(count(page, /failed" x=/g)).toBe(2);
    expect(page).toContain('<span>k8s-redis</span><span class="time">1:40</span>');
  });

  it('names the parts of the bar that have room, each with another shade than its neighbour and the colour of its row', () => {
    const page = reportPage(report);
    const bar = /<div class="sum">(.*?)<\/div>/.exec(page)?.[1] ?? '';
    const parts = [...bar.matchAll(/<span class="([^"]+)" style="flex: (\d+)"[^>]*>([^<]*)<\/span>/g)];
    const swatches = [...page.matchAll(/<span class="swatch ([^"]+)">/g)].map(([, classes]) => classes);

    expect(parts).toHaveLength(report.minutes.length);
    expect(swatches).toEqual(parts.map(([, classes]) => classes));
    for (const [, classes = '', ms, name] of parts) {
      expect(name === '').toBe(Number(ms) / report.wallMs < 0.07);
      expect(classes).toMatch(/^k-[a-z-]+ shade-\d$/);
    }
    const shades = parts.map(([, classes]) => classes?.split(' ')[1]);
    expect(shades.every((shade, index) => shade !== shades[index + 1])).toBe(true);
  });

  it('needs nothing else: no script, no link, no address of anything', () => {
    const page = reportPage(report);

    expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|href=|url\(|@import|https?:/i);
    expect(page).toContain("default-src 'none'");
  });

  it('escapes every text of the roll-out, wherever it stands', () => {
    const plain = reportPage(saying('plain'));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '/', '=', ' ', 'a', '\n', '\u0000') }),
        (text) => {
          const page = reportPage(saying(text));

          for (const character of ['<', '>', '"']) {
            expect(page.split(character)).toHaveLength(plain.split(character).length);
          }
          expect(page).not.toContain('\u0000');
        },
      ),
    );
    expect(escapeHtml(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
  });

  it('says of an open roll-out that it goes on, and of what never parked nothing about parks', () => {
    expect(reportPage({ ...report, state: 'open' })).toContain('rolling out');
    expect(reportPage({ ...report, parks: [], failedTries: [] })).not.toMatch(/Parked|Tries that failed/);
  });
});

describe('ticksOf', () => {
  it('writes at most nine round moments, from a tenth of a second to a month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 24 * 3_600_000 }), (wallMs) => {
        const ticks = ticksOf(wallMs);

        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(Math.max(...ticks)).toBeLessThanOrEqual(wallMs);
      }),
    );
  });
});
