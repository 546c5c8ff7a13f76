import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerRefusal, possibleAnswers, resolveActions } from '../../../model/status/answers.js';
import type { PlannedNode } from '../../../model/plan/plan.js';
import { nodeParts, nodeStep, type StepId } from '../../../model/steps.js';

const nodes: readonly PlannedNode[] = [
  { name: 'k8s-master', role: 'control-plane', generation: 1, op: 'create', data: [] },
  { name: 'k8s-redis', role: 'worker', generation: 1, op: 'create', data: [] },
  { name: 'k8s-postgresql', role: 'worker', generation: 2, op: 'create', data: ['postgresql', 'backup'] },
];

const steps: readonly StepId[] = [
  'network/vpc',
  'network/subnet-ap-northeast-2a',
  ...nodes.flatMap(({ name, role }) => nodeParts(role).map((part) => nodeStep(name, part))),
  'node/k8s-redis/fenced',
  'wave/1/api-auth',
  'verify/cluster',
];

describe('answerRefusal', () => {
  it('never refuses retry and abort, whatever the step', () => {
    for (const step of steps) {
      expect(answerRefusal({ step, action: 'retry' }, nodes)).toBeUndefined();
      expect(answerRefusal({ step, action: 'abort' }, nodes)).toBeUndefined();
    }
  });

  it('lets skip only what nothing else stands on', () => {
    const skippable = steps.filter((step) => answerRefusal({ step, action: 'skip' }, nodes) === undefined);
    expect(skippable.filter((step) => step.startsWith('network/') || step.includes('k8s-master'))).toEqual([]);
    expect(skippable).toContain('node/k8s-redis/join');
    expect(skippable).toContain('wave/1/api-auth');
    expect(skippable).toContain('verify/cluster');
  });

  it('lets replace only the host of a worker, and not one that is being replaced', () => {
    const replaceable = steps.filter((step) => answerRefusal({ step, action: 'replace' }, nodes) === undefined);
    expect(replaceable.every((step) => step.startsWith('node/k8s-redis/'))).toBe(true);
    expect(replaceable).not.toContain('node/k8s-redis/fenced');
    expect(replaceable.length).toBeGreaterThan(0);
  });

  it('lets replace a host with data only when every unit that would lose it is named', () => {
    const refusal = (confirm?: string) =>
      answerRefusal({ step: 'node/k8s-postgresql/join', action: 'replace', confirm }, nodes);
    expect(refusal()).toBe(
      'node/k8s-postgresql/join: k8s-postgresql holds data of postgresql, backup, which would be lost with its host; ' +
        'if you mean it, name the data: --confirm postgresql,backup',
    );
    expect(refusal('postgresql')).toBeDefined();
    expect(refusal('backup , postgresql')).toBeUndefined();
  });

  it('takes any data for a host that leaves, because the plan may not have seen it, and none for one that is removed', () => {
    const answer = { step: nodeStep('k8s-redis', 'drained'), action: 'replace', confirm: 'theirs/db-0' } as const;

    expect(answerRefusal(answer, nodes)).toBeUndefined();
    expect(answerRefusal({ ...answer, step: nodeStep('k8s-old', 'drained') }, nodes)).toContain('retry, skip or abort');
    expect(possibleAnswers(nodeStep('k8s-old', 'drained'), nodes)).toEqual(['retry', 'skip', 'abort']);
  });

  it('takes no unit of another node for one of this: who types it means another host', () => {
    const refusal = (node: string, confirm: string) =>
      answerRefusal({ step: nodeStep(node, 'join'), action: 'replace', confirm }, nodes);

    expect(refusal('k8s-postgresql', 'postgresql,backup,rabbitmq')).toBe(
      'node/k8s-postgresql/join: k8s-postgresql holds data of postgresql, backup, which would be lost with its host, ' +
        'but none of rabbitmq; if you mean it, name the data: --confirm postgresql,backup',
    );
    expect(refusal('k8s-redis', 'postgresql')).toBe(
      'node/k8s-redis/join: k8s-redis held no data of postgresql or of anything else at the time of the plan; answer replace without --confirm',
    );
    expect(refusal('k8s-redis', '')).toBeUndefined();
  });

  it('says of every refused answer what can be answered instead, in one line', () => {
    const answer = fc.record({ step: fc.constantFrom(...steps), action: fc.constantFrom(...resolveActions) });
    fc.assert(
      fc.property(answer, (given) => {
        const refusal = answerRefusal(given, nodes);
        if (refusal === undefined) return;
        expect(refusal).toMatch(new RegExp(`^${given.step}: .*(answer |--confirm )`));
        expect(refusal).not.toContain('\n');
      }),
    );
  });
});

describe('possibleAnswers', () => {
  it('are those that are not refused, given that lost data is named', () => {
    expect(possibleAnswers('network/vpc', nodes)).toEqual(['retry', 'abort']);
    expect(possibleAnswers('node/k8s-master/init', nodes)).toEqual(['retry', 'abort']);
    expect(possibleAnswers('node/k8s-postgresql/join', nodes)).toEqual(['retry', 'skip', 'replace', 'abort']);
    expect(possibleAnswers('wave/1/api-auth', nodes)).toEqual(['retry', 'skip', 'abort']);
  });
});
