// Compiles the programs of this project into `dist/`, once for each state of the sources: starting one takes a fraction of the time then.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';

/** The folders that programs are made of. An image of a worker has not all of them. */
export const programFolders = [
  'activities',
  'client',
  'installation',
  'model',
  'observer',
  'rehearsal',
  'systems',
  'worker',
  'workflows',
];

/** What is compiled; any other file is run from its source. */
const programs = [
  'client/cli/main.ts',
  'observer/main.ts',
  'rehearsal/bring-up/loopback-bridge.ts',
  'rehearsal/bring-up/outside.ts',
  'rehearsal/down.ts',
  'rehearsal/fault.ts',
  'rehearsal/simulated/outside.ts',
  'rehearsal/start.ts',
  'rehearsal/up.ts',
  'rehearsal/worker.ts',
];

/**
 * Small packages without a state of their own become part of what is compiled. All others are loaded as they are: some find their
 * own files, and of Temporal's there must be one copy only.
 */
const bundled =
  /^(?:commander|string-width|cli-truncate|slice-ansi|strip-ansi|ansi-.*|get-east-asian-width|is-fullwidth-.*|zod)(?:\/|$)/;

const weekMs = 7 * 24 * 3_600_000;
/** Folders of earlier sources that stay, and all of the last week: a worker that runs may load a part of its own later. */
const keptFolders = 4;

/**
 * Path of a program, compiled from the sources as they are now; `undefined` where it is none of `programs`, or where nothing can be
 * written. The name of the folder is a digest of the sources, so that what is found is never stale. Two that compile at the same time
 * make the same folder, and the second one throws its own away.
 */
export async function compiledProgram(root, program) {
  if (!programs.includes(program)) return undefined;
  const dist = join(root, 'dist');
  for (let tries = 0; tries < 3; tries += 1) {
    const digest = digestOfSources(root);
    const folder = join(dist, digest);
    const path = join(folder, outputName(program));
    if (existsSync(path)) return path;
    const draft = join(dist, `${digest}.${process.pid}.${randomBytes(3).toString('hex')}`);
    try {
      mkdirSync(draft, { recursive: true });
    } catch {
      return undefined;
    }
    try {
      await compile(root, draft);
      // somebody who edits while it is compiled gets what the last edit says
      if (digestOfSources(root) !== digest) continue;
      putInPlace(draft, folder);
      sweep(dist, digest);
      return path;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return undefined;
}

/**
 * Names the sources below these folders, with the packages that they are built with. By names and contents, not by times: those of a
 * file that is unpacked or copied are older than what was compiled from another.
 */
export function digestOfSources(root, folders = programFolders) {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'bin/compile.mjs', ...sources(root, folders)]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function sources(root, folders) {
  return folders.flatMap((folder) => {
    if (!existsSync(join(root, folder))) return [];
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => join(folder, name));
  });
}

function outputName(program) {
  return `${program.replace(/\.ts$/, '').replaceAll('/', '-')}.js`;
}

async function compile(root, outdir) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: programs
      .filter((program) => existsSync(join(root, program)))
      .map((program) => ({ in: program, out: basename(outputName(program), '.js') })),
    outdir,
    // a program loads what a command needs when it needs it
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    chunkNames: 'part-[hash]',
    sourcemap: 'linked',
    logLevel: 'silent',
    plugins: [packagesAsTheyAre, sourcePlaces(root, outdir)],
  });
}

const packagesAsTheyAre = {
  name: 'packages as they are',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || bundled.test(path) ? undefined : { path, external: true },
    );
  },
};

/** A module finds what lies beside its source (playbooks, workflows, package.json) from where it was compiled to. */
function sourcePlaces(root, outdir) {
  return {
    name: 'places of sources',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (path.includes(`${sep}node_modules${sep}`) || !text.includes('import.meta.url')) return undefined;
        const source = relative(outdir, path).split(sep).join('/');
        return {
          contents: text.replaceAll('import.meta.url', `new URL(${JSON.stringify(source)}, import.meta.url).href`),
          loader: 'ts',
        };
      });
    },
  };
}

function putInPlace(draft, folder) {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** Of earlier sources. What cannot be removed now, because somebody else removes it too, is removed another time. */
function sweep(dist, current) {
  try {
    const older = readdirSync(dist)
      .filter((name) => name !== current)
      .map((name) => join(dist, name))
      .map((path) => ({ path, timeMs: statSync(path).mtimeMs }))
      .sort((a, b) => b.timeMs - a.timeMs)
      .slice(keptFolders);
    for (const { path, timeMs } of older) {
      if (Date.now() - timeMs > weekMs) rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // what is compiled is there
  }
}
