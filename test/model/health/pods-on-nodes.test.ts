import { describe, expect, it } from 'vitest';
import { nodeOfPod, silentNodesVerdict, verdictWithoutNodes } from '../../../model/health/pods-on-nodes.js';
import { stuck, waiting } from '../../../model/health/verdict.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';

function aPod(node: string, ready: boolean, spec: Readonly<Record<string, unknown>> = { nodeName: node }) {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  const metadata = { name: `agent-${node}`, namespace: 'ops' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { phase: 'Running', conditions } };
}

function aDaemonSet(desiredNumberScheduled: number, observedGeneration = 2): KubernetesObject {
  const metadata = { name: 'agent', namespace: 'ops', generation: 2 };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, status: { desiredNumberScheduled, observedGeneration } };
}

/** The affinity by which the DaemonSet controller says where a pod belongs that is not bound yet. */
function meantFor(node: string) {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const nodeSelectorTerms = [{ matchFields }];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

describe('verdictWithoutNodes', () => {
  const own = waiting('2 of 3 available', '2/3');
  const leftOut = new Set(['dead']);
  const judge = (pods: readonly KubernetesObject[], daemonSet = aDaemonSet(3), newest = pods) =>
    verdictWithoutNodes(own, { daemonSet, pods: { own: pods, newest }, leftOut });

  it('is ready when each other node has a ready pod', () => {
    expect(judge([aPod('a', true), aPod('b', true), aPod('dead', false)])).toMatchObject({ verdict: 'ready' });
    expect(judge([aPod('a', true), aPod('b', false), aPod('dead', false)])).toEqual(waiting('1 of 2 available', '1/2'));
  });

  it('knows a node that was given up also by a pod of an older template, and by one that is not bound', () => {
    const [a, b] = [aPod('a', true), aPod('b', true)];

    expect(judge([a, b, aPod('dead', false)], aDaemonSet(3), [a, b])).toMatchObject({ verdict: 'ready' });
    expect(judge([a, b, aPod('dead', false, meantFor('dead'))])).toMatchObject({ verdict: 'ready' });
  });

  it('is ready when it was meant for nodes only that were given up', () => {
    expect(judge([aPod('dead', false)], aDaemonSet(1))).toMatchObject({ verdict: 'ready' });
  });

  it('is what it was where its controller has not looked, or no such node is among its own', () => {
    expect(judge([aPod('a', true), aPod('dead', false)], aDaemonSet(2, 1))).toBe(own);
    expect(judge([aPod('a', true), aPod('b', false)])).toBe(own);
  });
});

describe('silentNodesVerdict', () => {
  const silent = (...nodes: readonly string[]) =>
    silentNodesVerdict(
      nodes.map((node) => aPod(node, false)),
      new Set(nodes),
      '0/9',
    )?.reason;

  it('names the nodes that pods are waited for on, the first three at most', () => {
    expect(silent('a')).toBe('waits for 1 pod on node a, which is NotReady');
    expect(silent('a', 'b')).toBe('waits for 2 pods on nodes a, b, which are NotReady');
    expect(silent('a', 'b', 'c', 'd', 'e')).toBe('waits for 5 pods on nodes a, b, c and 2 more, which are NotReady');
  });

  it('says nothing of pods that are ready, and of nodes that are', () => {
    const pods = [aPod('a', true), aPod('b', false)];

    expect(silentNodesVerdict(pods, new Set(['a']), undefined)).toBeUndefined();
    expect(silentNodesVerdict(pods, new Set(['b']), '1/2')).toEqual(
      stuck('waits for 1 pod on node b, which is NotReady', '1/2'),
    );
  });
});

describe('nodeOfPod', () => {
  it('is where the pod is bound, else where its DaemonSet means it to be', () => {
    expect(nodeOfPod(aPod('a', true))).toBe('a');
    expect(nodeOfPod(aPod('a', true, meantFor('b')))).toBe('b');
    expect(nodeOfPod(aPod('a', true, {}))).toBeUndefined();
  });
});
