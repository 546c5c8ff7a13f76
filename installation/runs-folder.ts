import { dirname, join } from 'node:path';
import { sweepRunFolders } from '../systems/ansible/sweep-run-folders.js';
import { artifactPlace } from './artifact-store.js';
import { root } from './config.js';
import { stateFolder, type Target } from './target.js';

/** Where files of Ansible runs lie. They are secret and of this machine: beside the folder of artifacts, never in a bucket. */
export function runsFolder({ artifacts }: Pick<Target, 'artifacts'>): string {
  const place = artifactPlace(artifacts);
  return join(place.kind === 'folder' ? dirname(place.folder) : stateFolder(root), 'ansible-runs');
}

/** Removes what cut-off runs left there, and says so in one line; `undefined` when there was nothing. For a worker's start. */
export async function sweepRuns(target: Pick<Target, 'artifacts'>): Promise<string | undefined> {
  const { length } = await sweepRunFolders(runsFolder(target));
  if (length === 0) return undefined;
  return `worker: removed the remains of ${length === 1 ? 'a cut-off Ansible run' : `${String(length)} cut-off Ansible runs`}`;
}
