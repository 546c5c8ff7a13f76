import { readFile } from 'node:fs/promises';

/** Whether something is mounted at this path. */
export async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path);
}

/** Paths of all mounts that this process sees, oldest first. */
export async function mountPoints(): Promise<string[]> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  return mounts.split('\n').map((line) => unescapeMountPath(line.split(' ')[4] ?? ''));
}

function unescapeMountPath(path: string): string {
  return path.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
