import { coresInUse, startCpuMeter } from './cpu-meter.js';
import { stageNames, type Measured, type PerStage } from './rollout/stages.js';

export interface BringUp {
  /** Does the work, from no hosts to a cluster. Its end is the end of the stage `all`. */
  readonly run: () => Promise<void>;
  /** When the other stages ended; asked afterwards, so that the asking is not measured. */
  readonly ends: () => Promise<PerStage>;
  /** What it left behind; asked afterwards. */
  readonly there: () => Promise<readonly string[]>;
}

/** Runs a bring-up and notes what the machine works meanwhile. Fails with whatever the bring-up fails with. */
export async function measure({ run, ends, there }: BringUp): Promise<Measured> {
  const coresBefore = await coresInUse(5);
  const meter = await startCpuMeter();
  try {
    const startedAtMs = Date.now();
    await run();
    const all = Date.now();
    const every: PerStage = { ...(await ends()), all };
    const cpuSeconds = Object.fromEntries(
      stageNames.flatMap((stage) => {
        const end = every[stage];
        return end === undefined ? [] : [[stage, meter.busySeconds(startedAtMs, end)]];
      }),
    );
    return { startedAtMs, ends: every, cpuSeconds, coresBefore, there: await there() };
  } finally {
    meter.stop();
  }
}
