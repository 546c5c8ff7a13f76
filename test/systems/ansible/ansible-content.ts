import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Playbook } from '../../../model/steps.js';

const root = resolve(import.meta.dirname, '../../..');

/** `ansible-playbook` to test with; `undefined` when there is none. */
export const ansiblePlaybook = [
  process.env['GROUNDSWELL_TEST_ANSIBLE'],
  join(root, '.groundswell/venv/bin/ansible-playbook'),
].find((path) => path !== undefined && existsSync(path));

/** Why Ansible cannot be tested here; `undefined` when it can. */
export function ansibleMissing(): string | undefined {
  if (ansiblePlaybook === undefined) {
    return 'no ansible-playbook: set GROUNDSWELL_TEST_ANSIBLE, or run `npm start` once, which makes .groundswell/venv';
  }
  return process.getuid?.() === 0 ? undefined : 'not root: the playbook would need sudo on this machine';
}

/** A content folder with our callback plugin and keeper, and playbooks of the test's own: a list of tasks each. */
export async function contentFolder(tasks: Partial<Record<Playbook, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-content-'));
  await symlink(join(root, 'ansible/callback_plugins'), join(folder, 'callback_plugins'));
  await symlink(join(root, 'ansible/keeper.py'), join(folder, 'keeper.py'));
  await mkdir(join(folder, 'playbooks'));
  for (const [name, text] of Object.entries(tasks)) {
    const head = '- name: Test\n  hosts: all\n  gather_facts: false\n  tasks:\n';
    await writeFile(join(folder, 'playbooks', `${name}.yml`), head + text.replace(/^/gm, '    '));
  }
  return folder;
}

/** Command lines of every process that has a text in it. */
export async function processesWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.map((line) => line.replaceAll('\0', ' ')).filter((line) => line.includes(text));
}
