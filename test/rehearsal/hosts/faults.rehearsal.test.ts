import { readFile, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { whyRealHostsAreImpossible } from '../../../rehearsal/hosts/machine/machine-support.js';
import { readPidFile } from '../../../systems/pid-file.js';
import { nothing } from './host-traces.js';
import { plainHosts, type PlainHosts } from './plain-hosts.js';

const impossible = await whyRealHostsAreImpossible();
const [broken, other] = ['i-0000000000000000d', 'i-0000000000000000e'];

describe.skipIf(impossible !== undefined)(
  `faults of hosts${impossible === undefined ? '' : ` (${impossible})`}`,
  () => {
    let plain: PlainHosts;
    let bootId: string;

    /** What a stranger on the network sees of the host's SSH port within a second and a half. */
    const seen = () => knock(plain.addressOf(broken));
    const running = async () => (await plain.hosts.list()).find(({ id }) => id === broken)?.running;
    /** A file on the host's disk, read from outside it. */
    const linesOf = async (file: string) => {
      const path = join(plain.stateDir, 'hosts', broken, 'root', file);
      return (await readFile(path, 'utf8')).split('\n').length;
    };
    /** How often the kernel has made the host wait for processor time. */
    const throttled = async () => {
      const places = ['cpu', '.'].map((tree) => join('/sys/fs/cgroup', tree, plain.network.id, broken, 'cpu.stat'));
      const stat = await Promise.any(places.map((place) => readFile(place, 'utf8')));
      return Number(/^nr_throttled (\d+)$/m.exec(stat)?.[1]);
    };
    const startClock = () =>
      plain.ssh(broken, 'nohup sh -c "while sleep 0.1; do echo >> clock; done" > /dev/null 2>&1 & echo 0 > clock');

    beforeAll(async () => {
      plain = await plainHosts([broken, other]);
      await plain.hosts.bringNetworkUp();
      await Promise.all([broken, other].map((id) => plain.boot(id)));
      await Promise.all([broken, other].map((id) => plain.settled(id)));
      bootId = await plain.bootIdOf(broken);
      await startClock();
    });
    afterEach(async () => {
      if (await running()) await plain.hosts.heal(broken);
    });
    afterAll(async () => {
      await plain.hosts.takeDown();
      await plain.remove();
    });

    it('cut: nothing answers while the host works on, and all is as before after heal', async () => {
      expect(await plain.hosts.fault(broken, 'cut')).toBe(true);
      expect(await plain.hosts.fault(broken, 'cut')).toBe(false);

      const before = await linesOf('home/ops/clock');
      expect(await seen()).toBe('nothing');
      expect(await linesOf('home/ops/clock')).toBeGreaterThan(before);

      expect(await plain.hosts.heal(broken)).toEqual(['cut']);
      expect(await plain.hosts.heal(broken)).toEqual([]);
      expect(await plain.bootIdOf(broken)).toBe(bootId);
    });

    it('hang: the kernel takes connections, and no process of the host moves until heal', async () => {
      expect(await plain.hosts.fault(broken, 'hang')).toBe(true);
      expect(await plain.hosts.fault(broken, 'hang')).toBe(false);

      const before = await linesOf('home/ops/clock');
      expect(await seen()).toBe('connection');
      expect(await linesOf('home/ops/clock')).toBe(before);

      expect(await plain.hosts.heal(broken)).toEqual(['hang']);
      expect(await plain.bootIdOf(broken)).toBe(bootId);
      expect(await seen()).toBe('greeting');
      expect(await linesOf('home/ops/clock')).toBeGreaterThan(before);
    });

    it('full-disk: no byte is left on this disk, while other hosts and the machine have theirs', async () => {
      const freeBefore = await freeBytes(plain.dir);
      expect(await plain.hosts.fault(broken, 'full-disk')).toBe(true);

      const write = await plain.ssh(broken, 'echo word > ~/note; df --output=avail / /var/lib/kubelet | tail -n 2');
      expect(write.stderr).toContain('No space left on device');
      expect(write.stdout.trim().split(/\s+/)).toEqual(['0', '0']);
      expect((await plain.ssh(other, 'echo word > ~/note && cat ~/note')).stdout).toBe('word');
      expect(freeBefore - (await freeBytes(plain.dir))).toBeLessThan(1024 ** 3);

      expect(await plain.hosts.heal(broken)).toEqual(['full-disk']);
      expect((await plain.ssh(broken, 'echo word > ~/note && cat ~/note')).stdout).toBe('word');
    });

    it('full-disk: whoever logs in can find what fills the disk and remove it', async () => {
      await plain.hosts.fault(broken, 'full-disk');

      await plain.ssh(broken, 'sudo find / -xdev -type f -size +10G -delete');

      expect((await plain.ssh(broken, 'echo word > ~/note && cat ~/note')).stdout).toBe('word');
      expect(await plain.hosts.heal(broken)).toEqual([]);
    });

    it('slow: a busy host gets a tenth of one processor, and its link lets 20 Mbit/s through each way', async () => {
      // 4 MB are over in no time, or take 1.6 s
      const send = () => timed(() => plain.ssh(broken, 'head -c 4000000 /dev/zero | base64 -w 0'));
      const spin = () =>
        plain.ssh(broken, 'bash -c "TIMEFORMAT=%U; time timeout 2 sh -c \'while :; do :; done\'" 2>&1');
      await plain.hosts.fault(broken, 'slow');
      expect(await plain.hosts.fault(broken, 'slow')).toBe(false);

      expect(Number((await spin()).stdout)).toBeLessThan(0.4);
      const narrow = await send();

      expect(await plain.hosts.heal(broken)).toEqual(['slow']);
      expect(narrow).toBeGreaterThan(1_600);
      expect(await send()).toBeLessThan(narrow);
      const before = await throttled();
      await spin();
      expect(await throttled()).toBe(before);
    });

    it('a host that hangs can be switched off; its next boot has none of its faults but the full disk', async () => {
      for (const fault of ['full-disk', 'slow', 'hang', 'cut'] as const) await plain.hosts.fault(broken, fault);
      await plain.hosts.powerOff(broken);

      expect(await running()).toBe(false);
      await expect(plain.hosts.fault(broken, 'cut')).rejects.toThrow('node-d: is off; power-on boots it');
      await expect(plain.hosts.heal(broken)).rejects.toThrow('is off');

      await plain.hosts.powerOn(broken);
      expect(await plain.bootIdOf(broken)).not.toBe(bootId);
      expect(await plain.hosts.heal(broken)).toEqual(['full-disk']);
      await plain.settled(broken);
    });

    it('notes every fault in the ledger, once', async () => {
      const lines = (await readFile(join(plain.dir, 'ledger.ndjson'), 'utf8')).split('\n');
      const effects = lines.filter((line) => line.includes(broken)).map((line) => /"effect":"([^"]*)"/.exec(line)?.[1]);

      expect(effects).toEqual([
        ...['boot', 'cut', 'heal', 'hang', 'heal', 'full-disk', 'heal', 'full-disk', 'slow', 'heal'],
        ...['full-disk', 'slow', 'hang', 'cut', 'power-off', 'power-on', 'heal'],
      ]);
    });

    it('leaves nothing of a host with all faults whose keeper was killed', async () => {
      for (const fault of ['cut', 'hang', 'full-disk', 'slow'] as const) await plain.hosts.fault(broken, fault);
      const keeper = await readPidFile(join(plain.stateDir, 'hosts', broken, 'supervisor'));
      process.kill(keeper?.pid ?? Number.NaN, 'SIGKILL');
      expect((await plain.traces()).loops.length).toBe(2);

      await plain.hosts.takeDown();

      expect(await plain.traces()).toEqual(nothing);
    });
  },
);

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** How far a connection to port 22 gets in 1.5 s: to nothing at all, to a refusal, to a connection, or to sshd's greeting. */
async function knock(address: string): Promise<'nothing' | 'refusal' | 'connection' | 'greeting'> {
  const socket = connect(22, address);
  let connected = false;
  socket.on('connect', () => {
    connected = true;
  });
  try {
    return await new Promise((resolve) => {
      socket.on('data', () => {
        resolve('greeting');
      });
      socket.on('error', () => {
        resolve('refusal');
      });
      socket.setTimeout(1_500, () => {
        resolve(connected ? 'connection' : 'nothing');
      });
    });
  } finally {
    socket.destroy();
  }
}
