import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';

const folder = fileURLToPath(new URL('histories', import.meta.url));

/** One history, in the form that `temporal workflow show -o json` prints. */
const Recorded = z.object({
  workflowId: z.string(),
  history: z.object({ events: z.array(z.looseObject({ eventType: z.string() })) }),
});
export type RecordedHistory = z.infer<typeof Recorded>;

/** Names of the scenarios whose histories are kept. */
export async function recordedScenarios(): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.json.gz')).map((name) => basename(name, '.json.gz'));
}

/** The histories of one scenario. */
export async function readRecorded(scenario: string): Promise<readonly RecordedHistory[]> {
  const text = gunzipSync(await readFile(join(folder, `${scenario}.json.gz`))).toString();
  return z.array(Recorded).parse(JSON.parse(text));
}

/** Keeps the histories of one scenario in the place of older ones. */
export async function writeRecorded(scenario: string, histories: readonly RecordedHistory[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${scenario}.json.gz`), gzipSync(JSON.stringify(histories), { level: 9 }));
}
