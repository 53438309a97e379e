/** Names that a file or a directory may have everywhere. */

/** Names of devices on Windows: no file may be called so, whatever stands behind a dot. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether a directory may have that name everywhere. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(name) && !name.endsWith(".") &&
    !DEVICES.test(name);
}
