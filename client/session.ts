import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { parseSpec, type ParsedSpec } from '../model/spec/parse-spec.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import { root, targetOf } from '../installation/config.js';
import { readEnvironment } from '../installation/environment.js';
import { stateFolder, type Target } from '../installation/target.js';
import { temporalProfile, unusedSettings } from '../installation/temporal-profile.js';
import { findEmbeddedServer } from '../installation/temporal-server/embedded-server.js';
import { connectToTemporal, targetLine } from './runs/connection.js';
import type { Output } from './output.js';

/** What one run of the CLI works with. */
export interface Session {
  readonly output: Output;
  /** Whether a person can be asked: stdin and stdout are terminals. */
  readonly canAsk: boolean;
  /** What this command acts on; without anything configured, the embedded server of this clone, where one runs. */
  target(): Promise<Target>;
  /** Connects once, and says to what on stderr. Fails with `TemporalUnreachable`. */
  connect(): Promise<Client>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** A session of this process. */
export function createSession(options: { readonly output: Output; readonly canAsk: boolean }): Session {
  let known: Promise<Target> | undefined;
  let client: Promise<Client> | undefined;
  const session: Session = {
    ...options,
    target() {
      known ??= currentTarget(options.output);
      return known;
    },
    connect() {
      client ??= session.target().then((target) => {
        if (target.temporal.address !== '') options.output.note(targetLine(target));
        return connectToTemporal(target);
      });
      return client;
    },
    async close() {
      if (client !== undefined)
        await client.then(
          ({ connection }) => connection.close(),
          () => undefined,
        );
    },
  };
  return session;
}

async function currentTarget(output: Output): Promise<Target> {
  const environment = readEnvironment();
  const target = await targetOf(environment);
  if (target.temporal.address !== '') return target;
  const unused = unusedSettings(temporalProfile(environment));
  if (unused !== undefined) output.note(unused);
  const server = await findEmbeddedServer(stateFolder(root));
  if (server === undefined) return target;
  return { ...target, temporal: { ...target.temporal, address: server.address, uiUrl: server.uiUrl } };
}

/** A spec file that was read: the spec, or all its problems. */
export type ReadSpec = ParsedSpec & { readonly file: string };

/** Reads and checks a spec file. Fails with `SpecInvalid` when there is no such file. */
export async function readSpec(file: string): Promise<ReadSpec> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new RolloutError('SpecInvalid', `spec ${file}: cannot be read`, { cause });
  }
  return { file, ...parseSpec(text, file) };
}

/** Reads a spec that must be valid. Fails with `SpecInvalid`, all problems as details. */
export async function requireSpec(file: string): Promise<ClusterSpec> {
  const read = await readSpec(file);
  if (read.ok) return read.spec;
  const count = read.problems.length;
  throw new RolloutError('SpecInvalid', `spec ${file}: ${String(count)} ${count === 1 ? 'problem' : 'problems'}`, {
    details: read.problems.map(({ message }) => message).join('\n'),
  });
}

/** The cluster that a command is about: the one that is named, else that of the target's spec. */
export async function clusterName(session: Session, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const target = await session.target();
  return (await requireSpec(target.spec)).cluster;
}
