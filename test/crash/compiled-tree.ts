import { mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfSources, programFolders } from '../../bin/compile.mjs';
import { mustRun } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { stateFolder } from '../../installation/target.js';

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
  const folder = join(stateFolder(root), 'test', 'compiled', digestOfSources(root, [...programFolders, 'test']));
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
