import { editSpec } from '../bring-up/edit-spec.js';
import type { RehearsalSpec } from '../bring-up/profile.js';

/** Changes a spec for a simulated rehearsal: the key, the address, and the folders of the units. */
export function simulatedSpec(input: {
  readonly text: string;
  readonly folder: string;
  readonly sshKey: string;
}): RehearsalSpec {
  const { set, result } = editSpec(input.text, input.folder);
  set(['access', 'key'], { file: input.sshKey }, 'a key of its own');
  set(['access', 'address'], 'private', 'hosts have no public address');
  return result();
}
