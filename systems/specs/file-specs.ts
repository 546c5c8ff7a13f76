import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import type { Specs } from './specs.js';

/** Specs in files; relative paths start at the folder of the default spec. */
export function createFileSpecs(defaultPath: string): Specs {
  return {
    async read(path) {
      const whole = path === undefined ? resolve(defaultPath) : resolve(dirname(defaultPath), path);
      try {
        return { path: whole, folder: dirname(whole), text: await readFile(whole, 'utf8') };
      } catch (cause) {
        throw new RolloutError(
          'InputInvalid',
          `spec ${whole}: cannot be read by the worker; give a path on its machine`,
          {
            cause,
          },
        );
      }
    },
  };
}
