import { wantsColor } from '../config.js';
import { runCli } from './run-cli.js';

const { stdin, stdout, stderr } = process;

// a reader that closes the pipe (`| head`) wants no more output
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const exitCode = await runCli(process.argv.slice(2), {
  stdout,
  stderr,
  color: wantsColor(),
  canAsk: stdin.isTTY && stdout.isTTY,
});
// a watched run keeps a request open while it continues: without this line the program would wait for the request
process.exit(exitCode);
