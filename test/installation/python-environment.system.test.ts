import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mustRun } from '../../systems/process.js';
import { ensurePythonEnvironment } from '../../installation/python-environment.js';

describe('ensurePythonEnvironment', () => {
  let stateDir: string;
  let requirements: string;
  let lines: string[];
  const realPath = process.env['PATH'] ?? '';

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'groundswell-python-'));
    requirements = join(stateDir, 'requirements.txt');
    lines = [];
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', stateDir);
    await writeFile(requirements, `hello-module==1.0 --hash=sha256:${await makeWheel(stateDir, '1.0')}\n`);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(stateDir, { recursive: true, force: true });
  });

  const ensure = () =>
    ensurePythonEnvironment({
      stateDir,
      requirements,
      onProgress: (line) => {
        lines.push(line);
      },
    });

  it('installs what the file says, once', async () => {
    const first = await ensure();
    const linesOfFirst = lines.length;
    await ensure();

    expect(await mustRun(first.bin('python'), ['-m', 'hello_module'])).toBe('hello 1.0');
    expect(first.dir).toBe(join(stateDir, 'venv'));
    expect(linesOfFirst).toBe(2);
    expect(lines).toHaveLength(2);
  });

  it('makes a half-made environment anew', async () => {
    const half = await ensure();
    await rm(join(half.dir, '.groundswell-complete'));
    await rm(half.bin('python'));

    const whole = await ensure();

    expect(await mustRun(whole.bin('python'), ['-m', 'hello_module'])).toBe('hello 1.0');
  });

  it('makes the environment anew when the requirements have changed', async () => {
    await ensure();
    await writeFile(requirements, `hello-module==2.0 --hash=sha256:${await makeWheel(stateDir, '2.0')}\n`);

    const changed = await ensure();

    expect(await mustRun(changed.bin('python'), ['-m', 'hello_module'])).toBe('hello 2.0');
  });

  it('refuses a package with another hash, and tries again at the next call', async () => {
    const good = await readFile(requirements, 'utf8');
    await writeFile(requirements, good.replace(/sha256:../, 'sha256:00'));
    await expect(ensure()).rejects.toThrow(/pip install: .*DO NOT MATCH THE HASHES/);
    await writeFile(requirements, good);

    const environment = await ensure();

    expect(await mustRun(environment.bin('python'), ['-m', 'hello_module'])).toBe('hello 1.0');
  });

  it('uses a pip of its own where the machine has none', async () => {
    await placePython('case "$*" in "-m pip "*) exit 1 ;; esac');

    const environment = await ensure();

    expect(await mustRun(environment.bin('python'), ['-m', 'hello_module'])).toBe('hello 1.0');
    expect(await mustRun(environment.bin('python'), ['-m', 'pip', '--version'])).toContain(environment.dir);
  });

  it('says which package is missing where there is neither ensurepip nor pip', async () => {
    await placePython('case "$*" in *--without-pip*) ;; "-m venv "*|"-m pip "*) exit 1 ;; esac');

    await expect(ensure()).rejects.toThrow(/apt-get install python3-venv/);
  });

  /** Puts a `python3` first on PATH that runs `prelude` before the real one. */
  async function placePython(prelude: string): Promise<void> {
    const real = await mustRun('python3', ['-c', 'import sys; print(sys.executable)']);
    const directory = join(stateDir, 'bin');
    await mkdir(directory);
    await writeFile(join(directory, 'python3'), `#!/bin/sh\n${prelude}\nexec '${real}' "$@"\n`);
    await chmod(join(directory, 'python3'), 0o755);
    vi.stubEnv('PATH', `${directory}:${realPath}`);
  }
});

async function makeWheel(directory: string, version: string): Promise<string> {
  const source = join(directory, `source-${version}`);
  const info = `hello_module-${version}.dist-info`;
  await mkdir(join(source, info), { recursive: true });
  await writeFile(join(source, 'hello_module.py'), `print('hello ${version}')\n`);
  await writeFile(join(source, info, 'METADATA'), `Metadata-Version: 2.1\nName: hello-module\nVersion: ${version}\n`);
  await writeFile(join(source, info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  await writeFile(
    join(source, info, 'RECORD'),
    `hello_module.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  );
  const wheel = join(directory, `hello_module-${version}-py3-none-any.whl`);
  await mustRun('python3', ['-m', 'zipfile', '-c', wheel, 'hello_module.py', info], { cwd: source });
  return createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
}
