import { describe, expect, it } from 'vitest';
import { librariesOf } from '../../../rehearsal/kubernetes/rootfs-programs.js';

describe('librariesOf', () => {
  it('takes each library and the loader once, and nothing of the kernel', () => {
    const output = [
      '/usr/sbin/nft:',
      '\tlinux-vdso.so.1 (0x00007ffd)',
      '\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f1)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f3)',
      '/usr/bin/cp:',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f4)',
    ].join('\n');

    expect(librariesOf(output)).toEqual([
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib/x86_64-linux-gnu/libnftables.so.1',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });
});
