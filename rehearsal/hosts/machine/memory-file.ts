import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Path of a host's own `/proc/meminfo`. Inside it, because nspawn binds what lies below /proc from the host's root. */
export const memoryFile = '/var/lib/rehearsal/meminfo';

/**
 * Gives a host a `/proc/meminfo` with the memory of its instance type: what a kubelet takes for the capacity of its Node. The
 * kernel itself, and so sysinfo(2), by which kubeadm's preflight and `free` in other units go, knows the machine's only.
 */
export async function writeMemoryFile(root: string, memoryMiB: number): Promise<void> {
  const path = join(root, memoryFile);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, limitedMemory(await readFile('/proc/meminfo', 'utf8'), memoryMiB));
}

/** The text of `/proc/meminfo` with at most so much memory in all, and nothing used of it. Source: proc_meminfo(5). */
export function limitedMemory(meminfo: string, memoryMiB: number): string {
  const most = memoryMiB * 1_024;
  return meminfo.replaceAll(/^(MemTotal|MemFree|MemAvailable):\s+(\d+) kB$/gm, (_, name: string, found: string) => {
    const kiB = Math.min(most, Number(found));
    return `${`${name}:`.padEnd(15)} ${String(kiB).padStart(8)} kB`;
  });
}
