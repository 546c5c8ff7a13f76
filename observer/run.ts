import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** stdout of a program that must succeed. The observer shares no code with the product, not even this. */
export async function stdoutOf(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await exec(file, [...args], { maxBuffer: 256 * 1024 * 1024 });
  return stdout;
}

/** The same as JSON. */
export async function jsonOf(file: string, args: readonly string[]): Promise<unknown> {
  return JSON.parse(await stdoutOf(file, args));
}
