/** Which Temporal, by names that no other one has. */
export interface TemporalName {
  /** Id of the namespace. Its database made it: another database, or another namespace, has another one. */
  readonly namespaceId: string;
  /** Name of a server, and its namespace, that one installation runs for itself: outlives the database. */
  readonly ownServer?: string;
}

/** Where a worker finds its Temporal. */
export interface TemporalPlace {
  readonly address: string;
  /** Name of the worker's machine: a loopback address alone says nothing. */
  readonly host: string;
  /** Set where the server belongs to this installation and to nobody else; see `TemporalName`. */
  readonly ownServer?: string;
}

/** The run that holds a cluster, as the world names it. */
export interface WorldHolder extends TemporalName {
  /** Where it runs, for people: `namespace default at 127.0.0.1:7233 on kims-laptop`. */
  readonly place: string;
  readonly runId: string;
  /** Who started it, as claimed. */
  readonly by: string;
}

/** The lock of a cluster in the world. */
export interface WorldLock {
  /** Of this one: who takes the cluster next gets another id. */
  readonly id: string;
  /** When it was taken, by EC2's own clock, ISO 8601. */
  readonly since: string;
  /** Absent where its tags do not say it: somebody changed them. */
  readonly holder?: WorldHolder;
}

/** Whether both names mean the same Temporal. A name that is empty, or missing, is nobody's. */
export function isSameTemporal(one: TemporalName, other: TemporalName): boolean {
  const sameNamespace = one.namespaceId !== '' && one.namespaceId === other.namespaceId;
  return sameNamespace || (one.ownServer !== undefined && one.ownServer === other.ownServer);
}

/** Who holds a cluster, where and since when, in one clause. */
export function holderText(cluster: string, { id, since, holder }: WorldLock): string {
  if (holder === undefined) return `lock ${id}, taken at ${since}; its tags do not name the holder`;
  return `run ${holder.runId} of cluster/${cluster}, ${holder.place}, since ${since} (${holder.by})`;
}
