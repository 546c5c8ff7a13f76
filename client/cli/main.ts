import { wantsColor } from '../config.js';
import { exitCodeOfClosedPipe } from './closed-pipe.js';
import { runCli } from './run-cli.js';

const { stdin, stdout, stderr } = process;

const args = process.argv.slice(2);

// a reader that closes the pipe has seen enough
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
// a watched run that goes on keeps a request open: without this the program would wait for it
process.exit(exitCode);
