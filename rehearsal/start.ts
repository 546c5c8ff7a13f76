import { root } from '../installation/config.js';
import { rehearsalArguments } from './arguments.js';
import { bringUpAny } from './bring-up/bring-up-any.js';
import { closingLines } from './bring-up/closing-lines.js';
import { rehearsalFolder } from './rehearsal-folder.js';
import { rollOut } from './bring-up/roll-out.js';
import { runProgram } from './run-program.js';

/** `npm start`: brings a rehearsal up, rolls the cluster out on it, and says what there is to look at. */
await runProgram(async () => {
  const startedAtMs = performance.now();
  const folder = rehearsalFolder(root);
  const say = (line: string): void => {
    const elapsed = ((performance.now() - startedAtMs) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`${elapsed} s  ${line}\n`);
  };
  const { target, specChanges } = await bringUpAny(rehearsalArguments(process.argv.slice(2)), say);
  const simulated = target.kind === 'simulated';
  const marked = (line: string): string => (simulated ? `[simulated] ${line}` : line);
  for (const change of specChanges) say(marked(`the rehearsal changes ${change}`));
  await rollOut(folder, {
    terminal: process.stdout.isTTY && !simulated,
    onLine: (line) => {
      say(marked(line));
    },
  });
  const { good, lines } = await closingLines(folder, target);
  for (const line of lines) process.stdout.write(`${marked(line)}\n`);
  if (!good) process.exit(1);
});
