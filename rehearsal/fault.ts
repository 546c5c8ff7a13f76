import { RolloutError } from '../model/rollout-error.js';
import { root } from '../worker/config.js';
import { readOutsideReady } from './outside.js';
import { rehearsalFolder } from './rehearsal-folder.js';
import { runProgram } from './run-program.js';

/** `npm run fault -- <node> <kill|power-off|power-on|reboot>`: breaks a host of the running rehearsal, or mends it. */
await runProgram(async () => {
  const [node = '', verb = ''] = process.argv.slice(2);
  const outside = await readOutsideReady(rehearsalFolder(root).outside);
  if (outside === undefined)
    throw new RolloutError('InputInvalid', 'no rehearsal on real hosts runs here; `npm start` begins one');
  const response = await fetch(`http://127.0.0.1:${outside.controlPort}/hosts/${node}/${verb}`, { method: 'POST' });
  const text = (await response.text()).trim();
  if (!response.ok) throw new RolloutError('InputInvalid', text);
  process.stdout.write(`${text}\n`);
});
