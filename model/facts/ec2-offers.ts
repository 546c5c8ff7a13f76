/** An instance type as EC2 describes it. */
export interface InstanceTypeFact {
  readonly name: string;
  /** In the words of EC2: `x86_64`, `arm64`. */
  readonly architectures: readonly string[];
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Zones of the region that offer it. */
  readonly zones: readonly string[];
}

/** Something that could not be seen, and why. */
export interface Unseen {
  readonly unknown: string;
}

/** EC2's offers for the names in a spec. An offer that the credentials may not ask for is unknown, not absent. */
export interface Ec2Offers {
  /** The types of the spec that the region has. */
  readonly types: readonly InstanceTypeFact[] | Unseen;
  /** Names of all types of the region; only where the spec names one that it does not have. */
  readonly typeNames?: readonly string[];
  /** Names of the zones that the account may use. */
  readonly zones: readonly string[] | Unseen;
}
