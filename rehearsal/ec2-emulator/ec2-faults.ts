/** Faults that the emulator plays, asked for by name. They can be set and taken back while it runs. */
export interface Ec2Faults {
  /** RunInstances in this zone (of this type, where given) is refused: `InsufficientInstanceCapacity`, HTTP 500. */
  noCapacity(zone: string, type?: string): void;
  /** Ends all `noCapacity`. */
  restoreCapacity(): void;
  /** The next calls of this action are refused: `RequestLimitExceeded`, HTTP 503. */
  throttle(action: string, times: number): void;
  /** The next calls of this action are carried out, and the connection is cut instead of an answer. */
  loseAnswer(action: string, times: number): void;
  /** The next instance of this node goes from pending to terminated with this StateReason, and no host boots. */
  failLaunch(node: string, code: string): void;

  /** Read by the emulator. */
  lacksCapacity(zone: string, type: string): boolean;
  takeThrottle(action: string): boolean;
  takeLostAnswer(action: string): boolean;
  takeFailedLaunch(node: string): string | undefined;
}

/** No faults until some are asked for. */
export function createEc2Faults(): Ec2Faults {
  const fullZones: { readonly zone: string; readonly type: string | undefined }[] = [];
  const throttled = new Map<string, number>();
  const lost = new Map<string, number>();
  const failedLaunches = new Map<string, string>();
  return {
    noCapacity: (zone, type) => void fullZones.push({ zone, type }),
    restoreCapacity: () => void fullZones.splice(0),
    throttle: (action, times) => void throttled.set(action, times),
    loseAnswer: (action, times) => void lost.set(action, times),
    failLaunch: (node, code) => void failedLaunches.set(node, code),
    lacksCapacity: (zone, type) =>
      fullZones.some((full) => full.zone === zone && (full.type === undefined || full.type === type)),
    takeThrottle: (action) => take(throttled, action),
    takeLostAnswer: (action) => take(lost, action),
    takeFailedLaunch(node) {
      const code = failedLaunches.get(node);
      failedLaunches.delete(node);
      return code;
    },
  };
}

function take(left: Map<string, number>, action: string): boolean {
  const times = left.get(action) ?? 0;
  if (times > 0) left.set(action, times - 1);
  return times > 0;
}
