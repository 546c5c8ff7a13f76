/** An instance as the machine that boots for it needs to know it. */
export interface BootedInstance {
  readonly id: string;
  /** Value of the tag `groundswell.dev/node`, else of `Name`, else the id. */
  readonly node: string;
  /** Private address, inside the subnet. */
  readonly address: string;
  /** Memory of its type, as EC2 describes it; absent where moto does not know the type. */
  readonly memoryMiB?: number;
  /** As given to RunInstances, decoded; empty when there was none. */
  readonly userData: string;
}

/** The hosts behind the instances. Each method returns when it is done; all are called for one instance in turn. */
export interface EmulatedHosts {
  /** The instance is `running` when this returned. When it fails, the instance is `terminated` (`Server.InternalError`). */
  boot(instance: BootedInstance): Promise<void>;
  terminate(instanceId: string): Promise<void>;
  stop(instanceId: string): Promise<void>;
  start(instanceId: string): Promise<void>;
}

/** The shortest time of instances in passing states, whatever the hosts need. */
export interface InstanceTimings {
  /** From RunInstances or StartInstances to `running`, at least. Default 2. */
  readonly pendingSeconds?: number;
  /** From StopInstances to `stopped`, at least. Default 1. */
  readonly stoppingSeconds?: number;
  /** From TerminateInstances to `terminated`, at least. Default 1. */
  readonly shuttingDownSeconds?: number;
}
