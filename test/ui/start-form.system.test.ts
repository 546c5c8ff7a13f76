import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openBrowser, openCurrentDetails, openTimeline, showStepsInOrder, whyThereIsNoBrowser } from './browser.js';
import { simulatedRehearsal, type SimulatedRehearsal } from './simulated-rehearsal.js';

const obstacle = await whyThereIsNoBrowser();
const title = `the start form of Temporal's UI${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`;
const id = 'from-the-start-form';
/** How long the UI may take to draw what it was told to: it has to ask the server for it. */
const drawn = { timeout: 30_000 };

const Described = z.object({
  workflowExecutionInfo: z.object({ status: z.string(), type: z.object({ name: z.string() }) }),
});
const Result = z.object({ status: z.string(), result: z.unknown() });

/** One person with a browser. What came of it is asked of Temporal's own program, not of our code. */
describe.skipIf(obstacle !== undefined)(title, () => {
  let rehearsal: SimulatedRehearsal;
  let browser: Browser;
  let page: Page;
  let digest: string;

  beforeAll(async () => {
    rehearsal = await simulatedRehearsal('start-form');
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 1600 } });
    page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await browser.close();
    await rehearsal.end();
  });

  it('starts a roll-out with {} by a link that fills in type and queue', async () => {
    const form = 'workflows/start-workflow?workflowType=rollOutCluster&taskQueue=groundswell';
    await page.goto(`${rehearsal.uiUrl}/namespaces/default/${form}`);
    await page.getByLabel('Workflow ID').fill(id);
    await page.getByRole('textbox', { name: 'Data' }).fill('{}');
    await page.getByRole('button', { name: 'Start Workflow' }).click();
    await page.getByText('Workflow started successfully').first().waitFor();

    const { workflowExecutionInfo } = Described.parse(await rehearsal.temporal('workflow', 'describe', '-w', id));

    expect(workflowExecutionInfo.type.name).toBe('rollOutCluster');
    expect(workflowExecutionInfo.status).toBe('WORKFLOW_EXECUTION_STATUS_RUNNING');
  });

  it('shows in the current details that a plan waits for approval, and which', async () => {
    await openTimeline(page, rehearsal.uiUrl, id, 'makePlan');
    const details = await openCurrentDetails(page);
    const text = await details.locator('body').filter({ hasText: 'approve' }).innerText();

    expect(text).toMatch(/waits? for approval/);
    digest = /\b[0-9a-f]{64}\b/.exec(text)?.[0] ?? '';
    expect(digest).not.toBe('');
  });

  it('holds no lock while it waits', async () => {
    const open = await rehearsal.temporal('workflow', 'list', '--query', 'WorkflowType = "applyPlan"');

    expect(open).toEqual([]);
  });

  it('rolls the cluster out after the update approve was sent from the same page', async () => {
    await page.getByRole('button', { name: 'More Actions' }).click();
    await page.getByRole('menuitem', { name: 'Send an Update' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Select an Update' }).click();
    await page.getByRole('option', { name: 'approve' }).click();
    await dialog.getByRole('textbox', { name: 'Data' }).fill(JSON.stringify({ digest, by: 'a person' }));
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('Update successful').first().waitFor();

    const { status, result } = Result.parse(await rehearsal.temporal('workflow', 'result', '-w', id));

    expect(status).toBe('COMPLETED');
    expect(result).toMatchObject({ cluster: 'ecoeco', outcome: 'done', planDigest: digest });
  });

  it('shows 14 nodes and every wave as children of the lock', async () => {
    await openTimeline(page, rehearsal.uiUrl, 'cluster/ecoeco', 'verify the cluster');

    await showStepsInOrder(page);

    const rows = (text: RegExp) => page.getByText(text).allTextContents();
    await expect.poll(() => rows(/^node k8s-/), drawn).toHaveLength(14);
    await expect.poll(() => rows(/^wave \d+$/), drawn).toHaveLength(6);
  });
});
