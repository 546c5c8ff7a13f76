import { workflowNames } from '../model/names/workflow-names.js';
import { taskQueue } from '../workflows/contract/task-queues.js';
import { rehearsalArguments } from './arguments.js';
import { bringUpAny } from './bring-up/bring-up-any.js';
import { runProgram } from './run-program.js';

/** `npm run rehearsal:up`: server, worker and outside, without a roll-out. stdout: the address first, then the rest. */
await runProgram(async () => {
  const { target, specChanges } = await bringUpAny(rehearsalArguments(process.argv.slice(2)), (line) => {
    process.stderr.write(`${line}\n`);
  });
  const lines = [
    `TEMPORAL_ADDRESS=${target.temporal.address}`,
    `TEMPORAL_NAMESPACE=${target.temporal.namespace}`,
    `TEMPORAL_UI=${target.temporal.uiUrl ?? ''}`,
    `GROUNDSWELL_SPEC=${target.spec}`,
    ...specChanges.map((change) => `# changed for the rehearsal: ${change}`),
    `# roll out: .groundswell/bin/temporal workflow execute --address ${target.temporal.address} --type ${workflowNames.rollOutCluster} --task-queue ${taskQueue} --input '{"approve":true}'`,
    '# end it: npm run rehearsal:down',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
});
