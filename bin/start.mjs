// Runs a program of this project in this very process, which must be a Node that the project works with (bin/run.mjs sees to that).
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiledProgram } from './compile.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program, by its path in this project: compiled where that can be, else from its source. */
export async function start(program, args) {
  process.argv = [process.execPath, join(root, program), ...args];
  const compiled = await compiledProgram(root, program);
  if (compiled === undefined) {
    await import(pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href);
    await import(pathToFileURL(join(root, program)).href);
    return;
  }
  enableCompileCache(join(dirname(compiled), 'cache'));
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(compiled).href);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [program, ...args] = process.argv.slice(2);
  await start(program, args);
}
