/** How a step of the network is ordered and done. */
export interface NetworkStepRow {
  /** Steps of the network that must be done before it. */
  readonly needs: readonly string[];
  readonly activity: string;
  /** Field of the facts that has its id, where it is there and whole. Default: it has more than one. */
  readonly fact?: string;
  /** Instances are launched with it: they need it. */
  readonly hosts?: true;
  /** Of one that exists and does not count yet, what is missing. */
  readonly lacks?: string;
}

/** The steps of the network in their order; each begins as soon as what it needs is done. Of `subnet` there is one for each zone. */
export const networkSteps = {
  vpc: { needs: [], activity: 'ensureVpc', fact: 'vpcId' },
  subnet: { needs: ['vpc'], activity: 'ensureSubnet', hosts: true, lacks: 'it gives no public addresses yet' },
  'internet-gateway': {
    needs: ['vpc'],
    activity: 'ensureInternetGateway',
    fact: 'internetGatewayId',
    lacks: 'it is not attached yet',
  },
  'route-table': {
    needs: ['internet-gateway', 'subnet'],
    activity: 'ensureRouteTable',
    fact: 'routeTableId',
    hosts: true,
    lacks: 'a route or a subnet of it is missing',
  },
  'security-group': {
    needs: ['vpc'],
    activity: 'ensureSecurityGroup',
    fact: 'securityGroupId',
    hosts: true,
    lacks: 'a rule of it is missing',
  },
  'key-pair': { needs: [], activity: 'ensureKeyPair', fact: 'keyPairName', hosts: true },
} as const satisfies Readonly<Record<string, NetworkStepRow>>;

export type NodeRole = 'control-plane' | 'worker';

/** How a step of a node is ordered, done and shown. */
export interface NodeStepRow {
  /** Nodes of which role go through it. Default: all. */
  readonly role?: NodeRole;
  /**
   * `asked`: only where the plan of its node asks for it. `leaves`: of a host that is replaced or removed. `torn down`: of a
   * host whose whole cluster ends. Default: always.
   */
  readonly when?: 'asked' | 'leaves' | 'torn down';
  /** What must be done before it, beside the step that stands before it: of the network what hosts use, of the control plane `init`. */
  readonly needs?: readonly ('network' | 'control plane')[];
  readonly activity: string;
  /** Preset of its activity (`workflows/step/activity-options.ts`). Default `long`. */
  readonly takes?: 'mutate';
  /** The playbook that it runs. Such steps queue for a place, and have logs. */
  readonly playbook?: string;
  /** What its playbook does runs in a unit of the host, and goes on when its caller is gone. */
  readonly outlives?: true;
  /** It only looks: that it changed nothing is not worth a word. */
  readonly looks?: true;
  /** What reports call its share of the time. */
  readonly reportTitle: string;
  /** Column of the table of nodes; several steps may share one. Default: it has none. */
  readonly column?: string;
  /** What the table says while it runs, where its column does not say it. */
  readonly running?: string;
}

/** The steps of a node in their order: each needs the one before it, of those that the node goes through. */
export const nodeSteps = {
  /** Its pods are evicted. */
  drained: {
    when: 'leaves',
    activity: 'drainNode',
    reportTitle: 'draining of nodes',
    column: 'instance',
    running: 'draining',
  },
  /** Its instance is terminated and its Node is deleted. */
  fenced: {
    when: 'leaves',
    activity: 'fenceNode',
    reportTitle: 'fencing of hosts',
    column: 'instance',
    running: 'fencing',
  },
  /** Its instance is terminated, and nothing else is asked. */
  ended: { when: 'torn down', activity: 'endHost', reportTitle: 'ending of hosts' },
  instance: {
    needs: ['network'],
    activity: 'ensureInstance',
    takes: 'mutate',
    reportTitle: 'instances',
    column: 'instance',
  },
  reachable: { activity: 'waitUntilReachable', looks: true, reportTitle: 'boots', column: 'reachable' },
  prepared: {
    activity: 'prepareHost',
    playbook: 'prepare',
    reportTitle: 'preparation of hosts',
    column: 'prepared',
  },
  certificates: {
    role: 'control-plane',
    when: 'asked',
    activity: 'renewCertificates',
    reportTitle: 'renewing certificates',
    column: 'prepared',
  },
  init: {
    role: 'control-plane',
    activity: 'initControlPlane',
    playbook: 'init',
    outlives: true,
    reportTitle: 'kubeadm init',
    column: 'joined',
  },
  cni: {
    role: 'control-plane',
    activity: 'installPodNetwork',
    playbook: 'cni',
    reportTitle: 'pod network',
    column: 'joined',
    running: 'pod network',
  },
  join: {
    role: 'worker',
    needs: ['control plane'],
    activity: 'joinNode',
    playbook: 'join',
    outlives: true,
    reportTitle: 'kubeadm join',
    column: 'joined',
  },
  labelled: { activity: 'labelNode', takes: 'mutate', reportTitle: 'labels and taints', column: 'labelled' },
  ready: { activity: 'waitForNodeReady', looks: true, reportTitle: 'nodes becoming Ready', column: 'ready' },
} as const satisfies Readonly<Record<string, NodeStepRow>>;

/** What is done for a unit, one after the other: both are one step. */
export const unitParts = {
  apply: { activity: 'applyUnit', reportTitle: 'applying units' },
  gate: { activity: 'waitForUnit', reportTitle: 'gates of units' },
} as const;

/** What is done to things that go and are no node. */
export const removalParts = {
  unit: { activity: 'removeUnit', reportTitle: 'removing units' },
  network: { activity: 'removeNetworkPart', reportTitle: 'removing the network' },
} as const;
