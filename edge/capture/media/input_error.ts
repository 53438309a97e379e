/** Why an input could not be opened or read. */

/** An error of FFmpeg's input, in the terms that a caller branches on. */
export class InputError extends Error {
  /** What a stack trace calls it. */
  override readonly name = "InputError";

  /**
   * @param kind `silent` when nothing came for too long, `refused` when the other side does not want
   * us, `unreadable` when it is not what FFmpeg reads, `lost` for all else.
   * @param message what was found, as a clause.
   */
  constructor(
    readonly kind: "silent" | "refused" | "unreadable" | "lost",
    message: string,
  ) {
    super(message);
  }
}
