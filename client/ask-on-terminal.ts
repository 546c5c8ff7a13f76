import { createInterface } from 'node:readline/promises';

/** Asks a yes-or-no question on the terminal. Enter means no. `undefined` when the person pressed Ctrl-C or Ctrl-D. */
export async function askOnTerminal(question: string): Promise<boolean | undefined> {
  const answer = await askTextOnTerminal(`${question} [y/N]`);
  return answer === undefined ? undefined : /^y(es)?$/i.test(answer);
}

/** Asks for a text on the terminal, and takes the spaces around it away. `undefined` as above. */
export async function askTextOnTerminal(question: string): Promise<string | undefined> {
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
    const answer = await Promise.race([terminal.question(`${question} `), left]);
    if (answer === undefined) process.stdout.write('\n');
    return answer?.trim();
  } finally {
    terminal.close();
  }
}
