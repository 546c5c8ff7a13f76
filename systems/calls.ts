/** What every call of a system takes beside its own input. */
export interface CallOptions {
  /** Ends the call early: sent down to the SDK, the socket or the child process. */
  readonly signal?: AbortSignal;
  /** Called with what is going on, in one line, whenever there is something to say. */
  readonly onProgress?: (line: string) => void;
}
