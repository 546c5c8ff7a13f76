/** Why a step failed, as shown to people. */
export interface StepFailure {
  /** Row of the failure table. */
  readonly type: string;
  readonly message: string;
  readonly advice: string;
  readonly attempts: number;
  /** Reference of the whole log in the artifact store. */
  readonly log?: string;
}
