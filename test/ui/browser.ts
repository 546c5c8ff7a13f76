import { access } from 'node:fs/promises';
import { chromium, type Browser, type FrameLocator, type Page } from 'playwright-core';

/** Where Debian's package `chromium` puts the browser. */
const chromiumPath = '/usr/bin/chromium';

/** Why no browser can be driven on this machine; `undefined` when one can. */
export async function whyThereIsNoBrowser(): Promise<string | undefined> {
  return access(chromiumPath).then(
    () => undefined,
    () => `no ${chromiumPath}: install Debian's package chromium`,
  );
}

/** Starts headless Chromium. It runs as root in containers, so without its sandbox; it calls nobody by itself. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens the timeline of the newest run of a workflow in Temporal's UI, and waits until this text is on it. */
export async function openTimeline(page: Page, uiUrl: string, workflowId: string, text: string): Promise<void> {
  await page.goto(`${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  await page.getByTestId('workflow-id-heading').filter({ hasText: workflowId }).waitFor();
  await page.getByText(text).first().waitFor();
}

/**
 * Sets an open timeline to activities and children, the first one on top: signals between workflows tell a reader
 * nothing. The UI draws only the rows that the window has room for.
 */
export async function showStepsInOrder(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Descending' }).click();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  for (const name of [/^None/, /^Activity/, /^Child Workflow/]) await page.getByRole('menuitem', { name }).click();
  await page.getByRole('heading', { name: 'Timeline' }).click();
  await page.getByRole('menu').filter({ visible: true }).waitFor({ state: 'hidden' });
  await page.getByText('controlPlaneReady').first().waitFor({ state: 'hidden' });
}

/** Opens the tab of a workflow's page that shows its summary and current details; returns the current details. */
export async function openCurrentDetails(page: Page): Promise<FrameLocator> {
  await page.getByRole('tab', { name: 'User Metadata' }).click();
  // the UI shows Markdown of workflows in a frame of its own
  return page.locator('iframe[src*="/render"]').last().contentFrame();
}
