import type { HostPaths, HostRecord } from '../host-record.js';
import type { HostNetwork } from '../network/host-network.js';

/** A running host, as the drivers of faults need it. */
export interface FaultyHost {
  readonly network: HostNetwork;
  readonly host: HostRecord;
  readonly paths: HostPaths;
}

/** One lasting fault of a running host. All methods fail with `CommandFailed` where the machine does not allow it. */
export interface FaultDriver {
  /** Whether the host has the fault in full, so that beginning it would change nothing. */
  holds(host: FaultyHost): Promise<boolean>;
  begin(host: FaultyHost): Promise<void>;
  /** Ends the fault. Returns whether there was anything to end. */
  end(host: FaultyHost): Promise<boolean>;
}
