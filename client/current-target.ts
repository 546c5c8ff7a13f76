import { root, targetOf } from '../installation/config.js';
import { readEnvironment } from '../installation/environment.js';
import { stateFolder, type Target } from '../installation/target.js';
import { temporalProfile, unusedSettings } from '../installation/temporal-profile.js';
import type { Output } from './output.js';

/** Returns the target of commands: the configured target, else the embedded server of this clone if it runs. */
export async function currentTarget(output: Output): Promise<Target> {
  const environment = readEnvironment();
  const target = await targetOf(environment);
  if (target.temporal.address !== '') return target;
  const unused = unusedSettings(temporalProfile(environment));
  if (unused !== undefined) output.note(unused);
  const { findEmbeddedServer } = await import('../installation/temporal-server/embedded-server.js');
  const server = await findEmbeddedServer(stateFolder(root));
  if (server === undefined) return target;
  return { ...target, temporal: { ...target.temporal, address: server.address, uiUrl: server.uiUrl } };
}
