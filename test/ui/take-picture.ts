import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../installation/config.js';
import { readTarget } from '../../installation/target.js';
import { openBrowser, openTimeline, showStepsInOrder, whyThereIsNoBrowser } from './browser.js';

/**
 * Takes the picture of the README: the timeline of the newest roll-out of `ecoeco` in Temporal's UI, its nodes and
 * waves. Run it while a rehearsal of this clone is up and its roll-out is done:
 *
 *     node bin/run.mjs test/ui/take-picture.ts [url of Temporal's UI]
 */
const picture = join(root, 'docs', 'pictures', 'roll-out-in-the-temporal-ui.png');
const width = 1440;
/** Room for the seconds under the timeline. */
const axisHeight = 68;
const uiUrl = process.argv[2] ?? (await readTarget(root))?.temporal.uiUrl;
const obstacle = uiUrl === undefined ? 'no rehearsal is up: `npm start` first' : await whyThereIsNoBrowser();
if (uiUrl === undefined || obstacle !== undefined) {
  process.stderr.write(`no picture: ${obstacle ?? ''}\n`);
  process.exit(1);
}

const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width, height: 1400 }, deviceScaleFactor: 1.5 });
  await openTimeline(page, uiUrl, 'cluster/ecoeco', 'verify the cluster');
  await showStepsInOrder(page);
  await leaveOut(page);
  await mkdir(dirname(picture), { recursive: true });
  await page.screenshot({ path: picture, clip: await cropOf(page), animations: 'disabled' });
} finally {
  await browser.close();
}
const { size } = await stat(picture);
process.stdout.write(`${relative(root, picture)}: ${(size / 1024).toFixed(0)} KiB\n`);

/** Takes out what is about Temporal and not about the roll-out: ids, sizes, and an input longer than the page. */
async function leaveOut(page: Page): Promise<void> {
  await page.addStyleTag({ content: 'main dl, [data-testid="input-and-result"] { display: none !important }' });
  await page.mouse.move(0, 0);
}

async function cropOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const heading = await page.getByTestId('workflow-id-heading').boundingBox();
  const firstTab = await page.getByRole('tab', { name: 'Timeline' }).boundingBox();
  const last = await page.getByText('verify the cluster').boundingBox();
  if (heading === null || firstTab === null || last === null) throw new Error('the page shows no timeline');
  const margin = 16;
  const x = firstTab.x - margin;
  const y = heading.y - margin;
  return { x, y, width: width - x - margin, height: last.y + last.height + axisHeight - y };
}
