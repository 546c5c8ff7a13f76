import { describe, expect, it } from 'vitest';
import { limitedMemory } from '../../../rehearsal/hosts/machine/memory-file.js';

const meminfo = `MemTotal:       24683032 kB
MemFree:        20965060 kB
MemAvailable:     501234 kB
Buffers:          102400 kB
HugePages_Total:       0
`;

describe('limitedMemory', () => {
  it('has the memory of a type in all, and no more of it free than there is', () => {
    expect(limitedMemory(meminfo, 1_024)).toBe(`MemTotal:        1048576 kB
MemFree:         1048576 kB
MemAvailable:     501234 kB
Buffers:          102400 kB
HugePages_Total:       0
`);
  });

  it('gives nobody more than the machine has', () => {
    expect(limitedMemory(meminfo, 65_536)).toBe(meminfo);
  });
});
