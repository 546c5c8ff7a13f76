import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hostUserData } from '../../../model/host/user-data.js';
import { parseCloudConfig } from '../../../rehearsal/hosts/cloud-config.js';

const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\n';
const host = {
  hostname: 'k8s-redis',
  hostKey: { publicKey: 'ssh-ed25519 AAAAhost', privateKey },
  user: 'admin',
  authorizedKey: 'ssh-ed25519 AAAAuser',
};

describe('hostUserData', () => {
  it('is cloud-config by its first line', () => {
    expect(hostUserData(host).split('\n')[0]).toBe('#cloud-config');
  });

  it('gives the host its name, its one host key and one user with sudo', () => {
    expect(parse(hostUserData(host))).toMatchObject({
      hostname: 'k8s-redis',
      ssh_keys: { ed25519_private: privateKey, ed25519_public: 'ssh-ed25519 AAAAhost' },
      users: [
        {
          name: 'admin',
          lock_passwd: true,
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          ssh_authorized_keys: ['ssh-ed25519 AAAAuser'],
        },
      ],
    });
  });

  it('lets nobody in by password or as root', () => {
    expect(parse(hostUserData(host))).toMatchObject({ ssh_pwauth: false, disable_root: true });
  });

  it('keeps cloud-init from writing /etc/hosts, where the name of the Kubernetes API stands, at every boot', () => {
    expect(parse(hostUserData(host))).toMatchObject({ manage_etc_hosts: false });
  });

  it('is honoured by a rehearsal host, which refuses what it does not know', () => {
    expect(parseCloudConfig(hostUserData(host))).toMatchObject({ hostname: 'k8s-redis', users: [{ name: 'admin' }] });
  });

  it('is the same to the byte each time', () => {
    expect(hostUserData(host)).toBe(hostUserData(structuredClone(host)));
  });

  it('ends the private key with a line break, which sshd wants', () => {
    const unended = { ...host, hostKey: { ...host.hostKey, privateKey: privateKey.trimEnd() } };

    expect(hostUserData(unended)).toBe(hostUserData(host));
  });

  it('keeps what is given in its place, whatever is in it', () => {
    const strange = 'ssh-ed25519 AAAA "#: \\ é';

    expect(parse(hostUserData({ ...host, authorizedKey: strange }))).toMatchObject({
      users: [{ ssh_authorized_keys: [strange] }],
    });
  });
});
