/** What a forwarder does where servers fail or are slow, resolved and checked. */

/** Bounds of what is done for a request that its first server does not answer. */
export interface FailureOptions {
  /** Second attempts for each request, over the last seconds; 0 for none at all. */
  readonly retryBudget: number;
  /** Whether another server is asked too when the first one takes long. */
  readonly hedge: boolean;
  /** Milliseconds after it came up in which a server's share grows; 0 gives it all at once. */
  readonly slowStartMs: number;
  /** Requests that a server has of this forwarder at most; 0 for no limit. */
  readonly serverRequestsMax: number;
}
