import { wantsColor } from '../config.js';
import { exitCodeOfClosedPipe } from './closed-pipe.js';
import { runCli } from './run-cli.js';

const { stdin, stdout, stderr } = process;

const args = process.argv.slice(2);

// a reader that closes the pipe (`| head`) wants no more output
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  const exitCode = exitCodeOfClosedPipe(args);
  if (exitCode !== undefined) process.exit(exitCode);
});

const exitCode = await runCli(args, {
  stdout,
  stderr,
  color: wantsColor(),
  canAsk: stdin.isTTY && stdout.isTTY,
});
// a watched run keeps a request open while it continues: without this line the program would wait for the request
process.exit(exitCode);
