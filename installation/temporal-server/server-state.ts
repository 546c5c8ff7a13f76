import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const ServerState = z.object({
  /** Name from the first start in this folder, which all later starts keep. Earlier builds gave none. */
  name: z.string().optional(),
  pid: z.number().int().positive(),
  startedAt: z.string(),
  frontendPort: z.number().int(),
  uiPort: z.number().int(),
  program: z.string(),
  version: z.string(),
});

/** The record of the embedded server: its process and its addresses. */
export type ServerState = Readonly<z.infer<typeof ServerState>>;

/** The files of the embedded server, all in `<stateDir>/temporal`. */
export interface ServerFiles {
  readonly directory: string;
  readonly state: string;
  readonly lock: string;
  readonly log: string;
  readonly database: string;
}

/** The paths of the files of the embedded server. */
export function serverFiles(stateDir: string): ServerFiles {
  const directory = join(stateDir, 'temporal');
  return {
    directory,
    state: join(directory, 'server.json'),
    lock: join(directory, 'server.lock'),
    log: join(directory, 'server.log'),
    database: join(directory, 'temporal.db'),
  };
}

/** Reads the state of the last started server, which may have ended. Returns `undefined` without a valid state. */
export async function readServerState(stateDir: string): Promise<ServerState | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(serverFiles(stateDir).state, 'utf8'));
    return ServerState.safeParse(content).data;
  } catch {
    return undefined;
  }
}

/** Writes the state whole or not at all. */
export async function writeServerState(stateDir: string, state: ServerState): Promise<void> {
  const files = serverFiles(stateDir);
  await mkdir(files.directory, { recursive: true });
  await writeFile(`${files.state}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(`${files.state}.new`, files.state);
}
