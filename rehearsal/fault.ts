import { RolloutError } from '../model/rollout-error.js';
import { root } from '../installation/config.js';
import { readTarget } from '../installation/target.js';
import { faultUsage } from './break-host.js';
import { readOutsideReady } from './bring-up/outside.js';
import { rehearsalFolder } from './rehearsal-folder.js';
import { runProgram } from './run-program.js';

/** `npm run fault -- <node> <fault>`: breaks a host of the running rehearsal, or mends it. Without arguments: which faults there are. */
await runProgram(async () => {
  const [node, word, ...rest] = process.argv.slice(2);
  if (node === undefined || word === undefined || rest.length > 0) {
    throw new RolloutError('InputInvalid', `usage: ${faultUsage()}`);
  }
  const response = await fetch(`${await controlDoor()}/hosts/${encodeURIComponent(node)}/${encodeURIComponent(word)}`, {
    method: 'POST',
  });
  const text = (await response.text()).trim();
  if (!response.ok) throw new RolloutError('InputInvalid', text);
  process.stdout.write(`${text}\n`);
});

async function controlDoor(): Promise<string> {
  const target = await readTarget(root);
  if (target?.kind === 'simulated') {
    throw new RolloutError(
      'InputInvalid',
      'this rehearsal is simulated and has no hosts; name its faults when you start it, after npm run rehearsal:down: ' +
        'npm start -- --simulated --fault "k8s-redis: join fails twice"',
    );
  }
  const outside = await readOutsideReady(rehearsalFolder(root).outside);
  if (outside !== undefined) return `http://127.0.0.1:${outside.controlPort}`;
  throw new RolloutError('InputInvalid', 'no rehearsal on real hosts runs here; `npm start` starts one');
}
