import { describe, expect, it } from 'vitest';
import { kubeconfigFor, parseKubeconfig } from '../../../systems/kubernetes/kubeconfig.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const adminConf = `
apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster: { server: "https://api.ecoeco.internal:6443", certificate-authority-data: ${base64('CA')} }
users:
- name: kubernetes-admin
  user: { client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')} }
contexts:
- name: kubernetes-admin@kubernetes
  context: { cluster: kubernetes, user: kubernetes-admin }
current-context: kubernetes-admin@kubernetes
`;

describe('parseKubeconfig', () => {
  it('reads what kubeadm writes', () => {
    expect(parseKubeconfig(adminConf)).toEqual({
      host: 'api.ecoeco.internal',
      port: 6443,
      insecure: false,
      authority: 'CA',
      certificate: 'CERT',
      key: 'KEY',
    });
  });

  it.each([
    ['', 'expected one that names a cluster'],
    [adminConf.replace('https:', 'http:'), 'expected an https server, found http://'],
    [adminConf.replace('current-context: ', 'current-context: other-'), 'its contexts have no entry other-'],
  ])('refuses what it cannot use', (text, why) => {
    expect(() => parseKubeconfig(text)).toThrow(why);
  });
});

describe('kubeconfigFor', () => {
  it('goes to the address and expects the name of the endpoint in the certificate', () => {
    const outside = parseKubeconfig(
      kubeconfigFor(adminConf, { address: '203.0.113.7', endpoint: 'api.ecoeco.internal' }),
    );

    expect(outside).toMatchObject({ host: '203.0.113.7', port: 6443, serverName: 'api.ecoeco.internal', key: 'KEY' });
  });
});
