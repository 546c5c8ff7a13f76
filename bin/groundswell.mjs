#!/usr/bin/env node
import { runTypeScript } from './run.mjs';

const args = process.argv.slice(2);
// a worker runs for weeks: on the Node that was tested
await runTypeScript('client/cli/main.ts', args, { anyNode: args[0] !== 'worker' });
