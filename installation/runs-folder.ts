import { dirname, join } from 'node:path';
import { sweepRunFolders } from '../systems/ansible/sweep-run-folders.js';
import { artifactPlace } from './artifact-store.js';
import { root } from './config.js';
import { stateFolder, type Target } from './target.js';

/**
 * The folder for files of Ansible runs. These files are secret and belong to this machine, so they lie beside the
 * folder of artifacts, never in a bucket.
 */
export function runsFolder({ artifacts }: Pick<Target, 'artifacts'>): string {
  const place = artifactPlace(artifacts);
  return join(place.kind === 'folder' ? dirname(place.folder) : stateFolder(root), 'ansible-runs');
}

/**
 * Removes the remains of cut-off runs at the start of a worker. Returns one line about them; `undefined` when there
 * were none.
 */
export async function sweepRuns(target: Pick<Target, 'artifacts'>): Promise<string | undefined> {
  const { length } = await sweepRunFolders(runsFolder(target));
  if (length === 0) return undefined;
  return `worker: removed the remains of ${length === 1 ? 'a cut-off Ansible run' : `${String(length)} cut-off Ansible runs`}`;
}
