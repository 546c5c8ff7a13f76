import { editSpec } from '../bring-up/edit-spec.js';
import type { RehearsalSpec } from '../bring-up/profile.js';

/** What a simulated rehearsal changes in a spec: the key, the address, and where the units are found. */
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
