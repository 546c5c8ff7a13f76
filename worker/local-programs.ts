/** Programs of this machine, for commands: one that is asked for its version, one that takes the terminal over. */
export { runInForeground, runProcess } from '../systems/process.js';
