import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { stateFolder } from '../../installation/target.js';
import { cellsOf, crashTable, deviations } from './crash-table.js';
import { aCrashServer } from './crash-server.js';
import { runColumn, type ColumnResult } from './crash-column.js';
import { columns, type Column } from './director.js';
import { replacedNode } from './roll-out-leg.js';
import { sideBySide } from './side-by-side.js';
import { crashBundle } from './three-nodes.js';

describe('every activity', () => {
  it('has its effect once, whatever dies, and the end is the same as in peace', async () => {
    const namespaces = ['calm', ...columns.map((_, index) => `column-${index + 1}`)];
    await crashBundle();
    const server = await aCrashServer(namespaces);
    const run = (namespace: string, column?: Column) => () =>
      runColumn({
        address: server.address,
        connection: server.connection,
        namespace,
        ...(column === undefined ? {} : { column }),
      });

    const [calm, ...struck] = await sideBySide([
      run('calm'),
      ...columns.map((column, index) => run(`column-${index + 1}`, column)),
    ]);
    if (calm === undefined) throw new Error('the column in peace has no result');
    const wrong = new Map(columns.map((column, index) => [column, deviations(calm, struck[index]!)]));
    const cells = columns.flatMap((column, index) => cellsOf(column, struck[index]!, wrong.get(column)!));
    const table = crashTable(columns, cells, wrong);
    process.stdout.write(`\n${table}\n`);
    await mkdir(join(stateFolder(root), 'test'), { recursive: true });
    await writeFile(join(stateFolder(root), 'test', 'crash-table.txt'), `${table}\n`);

    expect(calm.problems).toEqual([]);
    expect(createdTwice(calm)).toEqual([]);
    expect(endedTwice(calm)).toEqual([]);
    expect(table.split('\n').filter((line) => line.startsWith('✗'))).toEqual([]);
  });
});

/** What even a roll-out in peace made more than once. The node that is replaced has two instances; locks are ended with their runs. */
function createdTwice({ legs }: ColumnResult): readonly string[] {
  return [...(legs.get('roll-out')?.effects ?? [])].flatMap(([name, count]) => {
    const wanted = name === `RunInstances ${replacedNode}` ? 2 : name.startsWith('CreateLaunchTemplate') ? 0 : 1;
    return /^(Create|Run|Import|kubeadm)/.test(name) && count !== wanted ? `${name}: ${count}` : [];
  });
}

/** What even a column in peace ended more or less often than once: objects, pods, and every instance that was launched. */
function endedTwice({ legs }: ColumnResult): readonly string[] {
  const effects = legs.get('tear-down')?.effects ?? new Map<string, number>();
  return [...effects].flatMap(([name, count]) => {
    const launched = effects.get(name.replace('TerminateInstances', 'RunInstances')) ?? 0;
    const wanted = name.startsWith('TerminateInstances') ? launched : 1;
    const isCreated = /^(Create(?!Tags)|Import)/.test(name) && count !== 0;
    return isCreated || (/^(Terminate|delete|eviction)/.test(name) && count !== wanted) ? [`${name}: ${count}`] : [];
  });
}
