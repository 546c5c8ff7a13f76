import { readFile, realpath } from 'node:fs/promises';
import { dirname, extname, resolve, sep } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import type { Specs } from './specs.js';

export interface FileSpecsOptions {
  readonly defaultPath: string;
  /** Folder of relative paths. */
  readonly base: string;
  /**
   * Folders whose YAML files a caller may name, with all folders below. The folder of the default spec is always one of
   * them.
   */
  readonly folders: readonly string[];
}

/**
 * Reads specs from files. Anybody who may start a workflow can name a path, and problems quote the file. So it reads
 * only YAML files in the given folders, after following links. The person who started the worker named the default
 * spec.
 */
export function createFileSpecs({ defaultPath, base, folders }: FileSpecsOptions): Specs {
  const allowed = [dirname(resolve(defaultPath)), ...folders.map((folder) => resolve(folder))];
  return {
    async read(path) {
      const whole = path === undefined ? resolve(defaultPath) : resolve(base, path);
      try {
        if (path !== undefined) await refuseOutside(whole, allowed);
        return { path: whole, folder: dirname(whole), text: await readFile(whole, 'utf8') };
      } catch (cause) {
        if (cause instanceof RolloutError) throw cause;
        const message = `spec ${whole}: the worker cannot read it; give a path on the machine of the worker`;
        throw new RolloutError('InputInvalid', message, { cause });
      }
    },
  };
}

async function refuseOutside(path: string, allowed: readonly string[]): Promise<void> {
  const folders = await Promise.all([...new Set(allowed)].map(realPath));
  const real = await realPath(path);
  const isInside = folders.some((folder) => real.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  if (isInside && ['.yaml', '.yml'].includes(extname(real))) return;
  throw new RolloutError(
    'InputInvalid',
    `spec ${path}: expected a .yaml file in a folder that the worker may read (${folders.join(', ')}); ` +
      'to allow more folders, name them in GROUNDSWELL_SPEC_FOLDERS of the worker, with colons between',
  );
}

/** Resolves the links of a path. A missing path stays as it is, and its name decides. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
