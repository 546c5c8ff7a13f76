import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { root } from '../../installation/config.js';
import { workflowsPath } from '../../worker/run-worker.js';
import { stateFolder } from '../../installation/target.js';

/** What goes into the bundle: our own sources, and the versions of everything else. */
const sources = ['workflows', 'model', 'test/crash/short-time-outs.ts', 'package-lock.json'];

/**
 * The bundle of `workflows/`, with further interceptors when a path to their module is given, as a file. Made when the sources have changed since the last one, which takes seconds;
 * kept under `.groundswell/test/` by the hash of the sources.
 */
export function workflowBundle(interceptors?: string): Promise<{ readonly codePath: string }> {
  const known = bundles.get(interceptors ?? '') ?? bundle(interceptors);
  bundles.set(interceptors ?? '', known);
  return known;
}

/** Of this process: several tests may ask at the same time. */
const bundles = new Map<string, Promise<{ readonly codePath: string }>>();

async function bundle(interceptors: string | undefined): Promise<{ readonly codePath: string }> {
  const folder = join(stateFolder(root), 'test', 'bundles');
  const modules = interceptors === undefined ? [] : [interceptors];
  const codePath = join(folder, `${await hashOfSources(modules)}.js`);
  if (await exists(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: modules,
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(folder, { recursive: true });
  await writeFile(`${codePath}.${process.pid}`, code);
  await rename(`${codePath}.${process.pid}`, codePath);
  return { codePath };
}

async function hashOfSources(modules: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const module of modules) hash.update(`${module}\n`).update(await readFile(module));
  for (const source of sources) {
    for (const file of await filesOf(source)) hash.update(`${file}\n`).update(await readFile(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(source: string): Promise<readonly string[]> {
  if (source.includes('.')) return [source];
  const names = await readdir(join(root, source), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(source, name));
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}
