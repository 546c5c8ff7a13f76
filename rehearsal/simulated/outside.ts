import { appendFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { measuredDurations, scaled } from './durations.js';
import { parseFault } from './faults.js';
import { serveSystems } from './serve-systems.js';
import { createSimulatedSystems } from './simulated-systems.js';
import { createWorld } from './world.js';

/** The input of the simulated outside: one JSON argument. */
export const SimulatedOutsideInput = z.object({
  ledger: z.string(),
  artifacts: z.string(),
  faults: z.array(z.string()),
  /** Durations are those of real hosts times this. */
  timeScale: z.number(),
  readyFile: z.string(),
});
export type SimulatedOutsideInput = z.infer<typeof SimulatedOutsideInput>;

/** The simulated outside as a process of its own: what exists in it survives every worker. */
async function runSimulatedOutside(input: SimulatedOutsideInput): Promise<void> {
  const world = createWorld({
    durations: scaled(measuredDurations, input.timeScale),
    faults: input.faults.map(parseFault),
    onEffect: (effect) => {
      appendFileSync(input.ledger, `${JSON.stringify(effect)}\n`);
    },
  });
  const systems = createSimulatedSystems(world, createFolderArtifacts(input.artifacts));
  const server = await serveSystems({ world, systems });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await writeFile(`${input.readyFile}.draft`, JSON.stringify({ url: `http://127.0.0.1:${port}` }));
  await rename(`${input.readyFile}.draft`, input.readyFile);
}

if (process.argv[2] === '--run') {
  await runSimulatedOutside(SimulatedOutsideInput.parse(JSON.parse(process.argv[3] ?? '')));
}
