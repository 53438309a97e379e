/** What a stranger may ask of a server. */

/** The most that a stranger may ask of a server. */
export interface Limits {
  /** Bytes of a request's body. */
  readonly bodyBytesMax: number;
  /** Pixels (width × height) of an image. */
  readonly pixelsMax: number;
  /** Milliseconds that a request's body may take to arrive. */
  readonly bodyTimeoutMs: number;
  /** Requests under way at once. */
  readonly requestsMax: number;
}
