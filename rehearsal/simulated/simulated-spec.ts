import { parseDocument } from 'yaml';
import type { RehearsalSpec } from '../profile.js';

/** What a simulated rehearsal changes in a spec: the key, the address, and where the units are found. */
export function simulatedSpec(input: {
  readonly text: string;
  readonly folder: string;
  readonly sshKey: string;
}): RehearsalSpec {
  const document = parseDocument(input.text);
  document.setIn(['access', 'key'], { file: input.sshKey });
  document.setIn(['access', 'address'], 'private');
  const units = document.toJS().units ?? [];
  for (const index of units.keys()) {
    const path = ['units', index, 'manifests'];
    document.setIn(path, `${input.folder}/${String(document.getIn(path))}`);
  }
  return {
    text: document.toString({ lineWidth: 0 }),
    changes: ['access.key: a key of its own', 'access.address: private'],
  };
}
