import { describe, expect, it } from 'vitest';
import { parseCloudConfig } from '../../../rehearsal/hosts/cloud-config.js';

const sample = `#cloud-config
hostname: k8s-redis
ssh_keys:
  ed25519_private: |
    -----BEGIN OPENSSH PRIVATE KEY-----
    abc
    -----END OPENSSH PRIVATE KEY-----
  ed25519_public: ssh-ed25519 AAAA
users:
  - name: ubuntu
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: [ssh-ed25519 BBBB]
write_files:
  - path: /etc/example
    content: hello
    permissions: '0600'
`;

describe('parseCloudConfig', () => {
  it('reads users, host key, names and files', () => {
    const config = parseCloudConfig(sample);

    expect(config.hostname).toBe('k8s-redis');
    expect(config.ssh_keys?.ed25519_private).toMatch(/^-----BEGIN[^]*-----\n$/);
    expect(config.users).toEqual([
      {
        name: 'ubuntu',
        shell: '/bin/bash',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        ssh_authorized_keys: ['ssh-ed25519 BBBB'],
      },
    ]);
    expect(config.write_files).toEqual([
      { path: '/etc/example', content: 'hello', owner: 'root:root', permissions: '0600' },
    ]);
  });

  it('takes empty user-data as nothing wanted', () => {
    expect(parseCloudConfig('')).toEqual({
      users: [],
      ssh_pwauth: false,
      disable_root: true,
      manage_etc_hosts: false,
      write_files: [],
    });
    expect(parseCloudConfig('#cloud-config\n').users).toEqual([]);
  });

  it('names every key that it does not know', () => {
    const userData = '#cloud-config\nruncmd: [ls]\npackages: [jq]\nusers: [{name: a, uid: 5}]\n';

    expect(() => parseCloudConfig(userData)).toThrow(/runcmd[^]*packages/);
    expect(() => parseCloudConfig(userData)).toThrow(/users\.0: [^;]*uid/);
  });

  it('refuses what is not cloud-config', () => {
    expect(() => parseCloudConfig('#!/bin/sh\nls\n')).toThrow(/#cloud-config/);
    expect(() => parseCloudConfig('#cloud-config-archive\n[]\n')).toThrow(/#cloud-config/);
    expect(() => parseCloudConfig('#cloud-config\nusers: [\n')).toThrow(/user-data: /);
  });

  it('refuses names that would be read as options, and relative paths', () => {
    expect(() => parseCloudConfig('#cloud-config\nusers: [{name: "-rf"}]\n')).toThrow(/users\.0\.name/);
    expect(() => parseCloudConfig('#cloud-config\nwrite_files: [{path: etc/x}]\n')).toThrow(/write_files\.0\.path/);
  });

  it('does not repeat a private key in its message', () => {
    const broken = sample.replace('ed25519_public: ssh-ed25519 AAAA', 'ed25519_public: [1]');

    expect(() => parseCloudConfig(broken)).toThrow(/ssh_keys\.ed25519_public/);
    expect(() => parseCloudConfig(broken)).not.toThrow(/BEGIN OPENSSH/);
  });
});
