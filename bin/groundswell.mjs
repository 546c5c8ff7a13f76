#!/usr/bin/env node
import { runTypeScript } from './run.mjs';

runTypeScript('client/cli/main.ts', process.argv.slice(2));
