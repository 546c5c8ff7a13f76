import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { stateFolder } from '../../installation/target.js';

/** The folders whose TypeScript a worker process is made of. */
const sources = [
  'activities',
  'client',
  'installation',
  'model',
  'observer',
  'rehearsal',
  'systems',
  'test',
  'worker',
  'workflows',
];

let known: Promise<string> | undefined;

/**
 * This project as JavaScript, in a folder of its own: compiled once, where a worker that is started hundreds of times would
 * have been compiled at each start. Made when a source has changed since; what is no source is linked. Returns the folder.
 */
export function compiledTree(): Promise<string> {
  known ??= compile();
  return known;
}

async function compile(): Promise<string> {
  const folder = join(stateFolder(root), 'test', 'compiled', await digestOfSources());
  if (await exists(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const output = ['--outDir', draft, '--rootDir', root, '--noEmit', 'false', '--noCheck'];
  await mustRun(process.execPath, [tsc, '--project', root, ...output], { cwd: root });
  for (const entry of await readdir(root)) {
    if (!(await exists(join(draft, entry)))) await symlink(join(root, entry), join(draft, entry));
  }
  // somebody else may have been faster
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return folder;
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')));
  for (const source of sources) {
    const names = await readdir(join(root, source), { recursive: true });
    for (const name of names.filter((one) => one.endsWith('.ts')).sort())
      hash.update(`${source}/${name}\n`).update(await readFile(join(root, source, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
