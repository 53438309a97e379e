/** When a server that has no time may be asked again: the header `Retry-After` (RFC 9110, 10.2.3). */

/**
 * Milliseconds from now, never less than 0; `undefined` where it is not said, or not in a way that is
 * known.
 *
 * @param header seconds or a date.
 * @param epochMs now.
 */
export function retryAfterMs(header: string | undefined, epochMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const atMs = /[a-z]{3}/i.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - epochMs);
}
