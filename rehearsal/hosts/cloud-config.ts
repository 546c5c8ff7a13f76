import { parseDocument } from 'yaml';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';

const User = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_-]*$/),
  gecos: z.string().optional(),
  shell: z.string().startsWith('/').default('/bin/bash'),
  groups: z.union([z.string(), z.array(z.string())]).optional(),
  sudo: z.union([z.string(), z.array(z.string()), z.literal(false)]).optional(),
  ssh_authorized_keys: z.array(z.string()).default([]),
  // an account never has a password here
  lock_passwd: z.literal(true).optional(),
});

const WriteFile = z.strictObject({
  path: z.string().startsWith('/'),
  content: z.string().default(''),
  owner: z.string().default('root:root'),
  permissions: z
    .string()
    .regex(/^0?[0-7]{3,4}$/)
    .default('0644'),
});

/**
 * The part of cloud-init's `#cloud-config` that a rehearsal host honours, before its first boot. Anything else is refused by
 * name rather than ignored. Real cloud-init is not on the host: it would cost 3 to 4 CPU-seconds a boot.
 */
export const CloudConfig = z.strictObject({
  hostname: z.string().optional(),
  fqdn: z.string().optional(),
  users: z.array(User).default([]),
  ssh_keys: z.strictObject({ ed25519_private: z.string(), ed25519_public: z.string() }).optional(),
  ssh_pwauth: z.boolean().default(false),
  disable_root: z.boolean().default(true),
  /** Only `false` can be honoured: there is no cloud-init that would write /etc/hosts at every boot. */
  manage_etc_hosts: z.literal(false).default(false),
  write_files: z.array(WriteFile).default([]),
});
export type CloudConfig = z.infer<typeof CloudConfig>;
export type CloudConfigUser = z.infer<typeof User>;
export type CloudConfigFile = z.infer<typeof WriteFile>;

/** Parses EC2 user-data (already decoded from base64); empty user-data is an empty config. Fails with `InputInvalid`. */
export function parseCloudConfig(userData: string): CloudConfig {
  if (userData.trim() === '') return CloudConfig.parse({});
  if (!/^#cloud-config\s*$/m.test(userData.split('\n')[0] ?? '')) {
    throw new RolloutError(
      'InputInvalid',
      'user-data: first line is not #cloud-config, the only kind that a rehearsal host reads',
    );
  }
  const document = parseDocument(userData);
  const problem = document.errors[0];
  if (problem !== undefined) throw invalid(problem.message.split('\n')[0] ?? 'not YAML');
  const result = CloudConfig.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`).join('; '),
  );
}

function invalid(reason: string): RolloutError {
  return new RolloutError('InputInvalid', `user-data: ${reason}`);
}
