/** Keeps passwords out of logs, errors and results. */

/** A URL or path with the password of `scheme://user:password@host` replaced by `***`. */
export function redact(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, "$1:***@");
}
