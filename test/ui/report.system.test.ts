import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openBrowser, whyThereIsNoBrowser } from './browser.js';
import { simulatedRehearsal, type SimulatedRehearsal } from './simulated-rehearsal.js';

const obstacle = await whyThereIsNoBrowser();
const title = `the page of a report${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`;

const Boxes = z.array(z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }));
const Report = z.object({
  wallMs: z.number(),
  minutes: z.array(z.object({ ms: z.number() })),
  criticalPath: z.array(z.object({ lane: z.string().optional() })),
  lanes: z.array(z.object({ id: z.string(), title: z.string(), stretches: z.array(z.unknown()) })),
});

/** A roll-out of the 14 nodes, its report as a file, and a person who opens it. */
describe.skipIf(obstacle !== undefined)(title, () => {
  let rehearsal: SimulatedRehearsal;
  let browser: Browser;
  let file: string;
  let report: z.infer<typeof Report>;

  beforeAll(async () => {
    rehearsal = await simulatedRehearsal('report');
    await rehearsal.temporal(
      ...['workflow', 'execute', '--type', 'rollOutCluster', '--task-queue', 'groundswell'],
      ...['--input', '{"approve":true}'],
    );
    file = join(rehearsal.dir, 'report.html');
    await rehearsal.groundswell('report', '--html', file);
    report = Report.parse(JSON.parse((await rehearsal.groundswell('report', '--json')).stdout));
    browser = await openBrowser();
    // a rehearsal and a whole roll-out
  }, 600_000);
  afterAll(async () => {
    // in this order: where the browser was not reached, the rehearsal is ended all the same
    await rehearsal.end();
    await browser.close();
  });

  /** Opens it as a file, in a window of this width; says what it asked for and complained about. */
  async function open(width: number, colorScheme: 'light' | 'dark') {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`file://${file}`);
    return { page, requests, complaints };
  }

  const boxes = async (page: Page, selector: string) => {
    const elements = `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
    return Boxes.parse(await page.evaluate(`${elements}.map((element) => element.getBoundingClientRect().toJSON())`));
  };

  it.each([
    { width: 1440, colorScheme: 'light' as const },
    { width: 600, colorScheme: 'dark' as const },
  ])('shows every node and unit beside its bars, $width pixels wide, and asks for nothing', async (window) => {
    const { page, requests, complaints } = await open(window.width, window.colorScheme);

    const labels = await page.locator('.labels li:not(.group) > span:first-child').allTextContents();
    expect(labels).toEqual(report.lanes.map((lane) => lane.title));
    const bars = await boxes(page, 'svg.chart > rect');
    expect(bars).toHaveLength(report.lanes.flatMap((lane) => lane.stretches).length);
    const rows = await boxes(page, '.labels li:not(.group)');
    const times = await boxes(page, '.labels li:not(.group) > .time');
    const chart = (await boxes(page, 'svg.chart'))[0]!;
    for (const time of times) expect(time.x + time.width).toBeLessThanOrEqual(chart.x);
    let next = 0;
    for (const [index, lane] of report.lanes.entries()) {
      const row = rows[index]!;
      for (const bar of bars.slice(next, (next += lane.stretches.length))) {
        expect(bar.y).toBeGreaterThanOrEqual(row.y);
        expect(bar.y + bar.height).toBeLessThanOrEqual(row.y + row.height);
        expect(bar.x).toBeGreaterThanOrEqual(row.x + row.width);
      }
    }
    expect(requests).toEqual([`file://${file}`]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(window.width);
  });

  it('says first how long it took and where the minutes went, which adds up', async () => {
    const { page } = await open(1440, 'light');

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^ecoeco done \d/);
    const rows = await page.locator('section').first().locator('tbody tr').count();
    expect(rows).toBe(report.minutes.length + 1);
    expect(report.minutes.reduce((sum, { ms }) => sum + ms, 0)).toBe(report.wallMs);
    const { width } = (await boxes(page, '.sum'))[0]!;
    const parts = await boxes(page, '.sum span');
    expect(parts.reduce((sum, part) => sum + part.width, 0)).toBeCloseTo(width, 0);
  });

  it('marks the critical path through the lanes that are on it', async () => {
    const { page } = await open(1440, 'light');

    const onPath = await page.locator('.labels .on-path > span:first-child').allTextContents();
    const expected = report.lanes.filter(({ id }) => report.criticalPath.some(({ lane }) => lane === id));
    expect(onPath).toEqual(expected.map((lane) => lane.title));
    expect(onPath).toContain('verify');
    expect(await page.locator('svg.chart > line.path').count()).toBeGreaterThan(onPath.length);
  });

  it('is readable where scripts are forbidden, and in the dark', async () => {
    const light = await open(1440, 'light');
    const dark = await open(1440, 'dark');
    const background = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');

    expect(await background(light.page)).not.toBe(await background(dark.page));
    expect(await light.page.locator('script').count()).toBe(0);
    expect((await stat(file)).size).toBeLessThan(500_000);
  });
});
