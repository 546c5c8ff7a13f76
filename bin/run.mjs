// Runs a TypeScript file of this project on a Node that it works with, after it has made sure that the dependencies are there.
// Plain JavaScript without dependencies, because it must run on whatever Node the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const lock = join(root, 'package-lock.json');
const installedLock = join(modules, '.groundswell-lock.json');

export function dependenciesAreCurrent() {
  return existsSync(installedLock) && readFileSync(installedLock, 'utf8') === readFileSync(lock, 'utf8');
}

export function installDependencies() {
  // npm ci would empty the folder behind the link, which somebody else works with
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(
      `groundswell: ${modules} is a link to dependencies of another version; run npm ci where it points to, or remove it`,
    );
    process.exit(1);
  }
  console.error('groundswell: installing dependencies (npm ci, about half a minute) …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (install.status !== 0) {
    console.error('groundswell: npm ci failed; see above. The npm registry must be in reach.');
    process.exit(1);
  }
  const link = join(modules, '.bin', 'groundswell');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  if (!existsSync(link)) symlinkSync('../../bin/groundswell.mjs', link);
  copyFileSync(lock, installedLock);
}

/** The Node that this project is tested with; an image of a worker has no other Node than its own. */
const pinnedNode = join(modules, 'node', 'bin', 'node');
/** Older ones cannot run this project. */
const oldestMajor = 24;

/**
 * Runs a program of this project by its path: in this very process where `anyNode` allows that and this Node is new enough, else on
 * the pinned Node, and then as nearly in place of this process as Node can: same terminal, same signals, same exit code.
 */
export async function runTypeScript(file, args, { anyNode = false } = {}) {
  if (!dependenciesAreCurrent()) installDependencies();
  const isPinned = !existsSync(pinnedNode) || realpathSync(process.execPath) === realpathSync(pinnedNode);
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= oldestMajor;
  if (isNewEnough && (anyNode || isPinned)) {
    const { start } = await import('./start.mjs');
    return start(file, args);
  }
  const child = spawn(pinnedNode, [join(root, 'bin', 'start.mjs'), file, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  await runTypeScript(file, args);
}
