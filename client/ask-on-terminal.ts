import { createInterface } from 'node:readline/promises';

/**
 * Asks a yes-or-no question on the terminal; Enter means no. Returns `undefined` when the person presses Ctrl-C or
 * Ctrl-D.
 */
export async function askOnTerminal(question: string): Promise<boolean | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const left = new Promise<undefined>((resolve) => {
    terminal.once('SIGINT', () => {
      resolve(undefined);
    });
    terminal.once('close', () => {
      resolve(undefined);
    });
  });
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), left]);
    if (answer === undefined) process.stdout.write('\n');
    return answer === undefined ? undefined : /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
