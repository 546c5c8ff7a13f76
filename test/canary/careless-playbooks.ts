import type { Playbook } from '../../model/steps.js';
import type { Planted } from './planted-secrets.js';

/** Playbooks that say more than they should: the token that they were given, and what nobody told them is secret. */
export function carelessPlaybooks(hostFolder: string, { initToken, clientKey }: Planted): Record<Playbook, string> {
  const once = (name: string, shown: string): string =>
    [
      `- name: ${name}`,
      '  ansible.builtin.shell:',
      `    cmd: cat ${shown} >&2; mkdir ${hostFolder}/{{ inventory_hostname }}-${name} || exit 0; exit 3`,
      '  changed_when: true',
      '',
    ].join('\n');
  const file = (path: string, content: string): string =>
    [
      `- name: Write ${path}`,
      '  ansible.builtin.copy:',
      `    dest: ${hostFolder}/${path}`,
      '    mode: "0600"',
      `    content: "${content}"`,
      '  no_log: true',
      '',
    ].join('\n');
  const say = (text: string): string => `- name: Say\n  ansible.builtin.debug: {msg: "${text}"}\n`;
  return {
    prepare: say('nothing secret'),
    cni: say(`client-key-data: ${clientKey}`),
    init: [
      file('init-output', `kubeadm said: Using token: ${initToken}`),
      say(`kubeadm said: Using token: ${initToken}`),
      once('init', `${hostFolder}/init-output`),
    ].join(''),
    join: [
      file('join-{{ inventory_hostname }}', 'the token is {{ node_join_token }}'),
      say('the token is {{ node_join_token }}'),
      once('join', `${hostFolder}/join-{{ inventory_hostname }}`),
    ].join(''),
  };
}
