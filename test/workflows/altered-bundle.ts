import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { root } from '../../installation/config.js';
import { stateFolder } from '../../installation/target.js';

export interface Alteration {
  /** Below `workflows/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The bundle of another build: the present sources with one change. Fails when there is nothing to change. */
export async function alteredBundle(
  name: string,
  { file, from, to }: Alteration,
): Promise<{ readonly codePath: string }> {
  // below the root, so that the packages are found
  const dir = join(stateFolder(root), 'test', 'builds', name);
  await rm(dir, { recursive: true, force: true });
  for (const folder of ['workflows', 'model']) await cp(join(root, folder), join(dir, folder), { recursive: true });
  await mkdir(join(dir, 'workflows'), { recursive: true });
  const path = join(dir, 'workflows', file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file}: expected ${from}, found nothing like it`);
  await writeFile(path, text.replace(from, to));

  const workflowsPath = join(dir, 'workflows', 'index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const codePath = join(dir, 'bundle.js');
  await writeFile(codePath, code);
  return { codePath };
}
