// Runs a TypeScript file of this project on the pinned Node, after it has made sure that the dependencies are there.
// Plain JavaScript without dependencies, because it must run on whatever Node the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
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

/** Replaces this process, as nearly as Node can: same terminal, same signals, same exit code. */
export function runTypeScript(file, args) {
  if (!dependenciesAreCurrent()) installDependencies();
  const node = join(modules, 'node', 'bin', 'node');
  const child = spawn(node, ['--import', join(modules, 'tsx', 'dist', 'loader.mjs'), join(root, file), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  runTypeScript(file, args);
}
