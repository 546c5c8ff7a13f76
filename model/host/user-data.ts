/** The input of one host for its first boot. */
export interface HostUserData {
  /** Host name; the name of the node. */
  readonly hostname: string;
  /** One-time SSH host key: it is pinned before the first contact and replaced at it. */
  readonly hostKey: { readonly publicKey: string; readonly privateKey: string };
  /** User with sudo that is made. */
  readonly user: string;
  /** Public key (`ssh-ed25519 AAAA…`) that may log in as the user. */
  readonly authorizedKey: string;
}

/**
 * The cloud-config of a host: name, host key, one user with sudo, no password, no root login. Equal input gives equal
 * bytes: EC2 refuses a changed text under the same ClientToken. Only one host key is given, so cloud-init makes no other;
 * it upgrades no package by default. Rehearsal hosts honour exactly these fields and refuse others by name.
 * Source: cloud-init's modules "SSH", "Users and Groups", "Set Hostname".
 */
export function hostUserData(host: HostUserData): string {
  return [
    '#cloud-config',
    `hostname: ${quoted(host.hostname)}`,
    // an image may let cloud-init write /etc/hosts at every boot, and the name of the Kubernetes API would be gone
    'manage_etc_hosts: false',
    'disable_root: true',
    'ssh_pwauth: false',
    'ssh_keys:',
    `  ed25519_private: ${quoted(ended(host.hostKey.privateKey))}`,
    `  ed25519_public: ${quoted(host.hostKey.publicKey)}`,
    'users:',
    `  - name: ${quoted(host.user)}`,
    '    shell: /bin/bash',
    '    lock_passwd: true',
    "    sudo: 'ALL=(ALL) NOPASSWD:ALL'",
    '    ssh_authorized_keys:',
    `      - ${quoted(host.authorizedKey)}`,
    '',
  ].join('\n');
}

/** A JSON string is a YAML string, whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
