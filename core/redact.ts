/** Keeps passwords out of logs, errors and results. */

/**
 * What comes between `scheme://user:` and `@`. A slash belongs in no password, but people write it:
 * then the text up to the next `@` is hidden, unless it begins like a port. A scheme is short: looked for
 * without a bound, every letter of a long word would be the beginning of one.
 */
const PASSWORD =
  /([a-z][a-z0-9+.-]{0,30}:\/\/(?!\[[0-9a-f:.]*\])[^\s:/]*):(?:[^\s/]*|(?!\d+[/?#])[^\s"]*?)@/gi;

/** A URL or path with the password of `scheme://user:password@host` replaced by `***`. */
export function redact(text: string): string {
  return text.replace(PASSWORD, "$1:***@");
}
