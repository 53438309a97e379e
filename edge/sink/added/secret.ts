/** Passwords and tokens of sinks: as they stand in the settings, or in a file of their own. */

import { messageOf, SmarteyeError } from "../../../core/errors.ts";

/** Bytes that such a file may have. */
const BYTES_MAX = 65_536;

/** A secret, or the path of the file that it is in. Never shown. */
export type Secret = { readonly text: string } | { readonly file: string };

/**
 * What it is; of a file without the line's end behind it.
 *
 * @param what what it is for, for people: `the password of mqtt`.
 * @throws {SmarteyeError} `invalid_argument` when the file cannot be read, or is empty.
 */
export async function secretOf(what: string, secret: Secret): Promise<string> {
  if ("text" in secret) return secret.text;
  const { file } = secret;
  try {
    const { size } = await Deno.stat(file); // a device has no end
    if (size > BYTES_MAX) throw new Error(`it has ${size} bytes`);
    const text = (await Deno.readTextFile(file)).replace(/\r?\n$/, "");
    if (text === "") throw new Error("it is empty");
    return text;
  } catch (cause) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read ${what} from "${file}": found ${
        messageOf(cause)
      }, a file with nothing else in ` +
        "it is wanted",
      { cause },
    );
  }
}
