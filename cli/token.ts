/** `smarteye token`: a token, and what the forwarder's file of tokens says of it. */

import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { digestOf } from "../forwarder/clients/clients.ts";

/** Random bytes of a token: nobody guesses it, so that its digest needs no salt. */
const TOKEN_BYTES = 32;

/** Makes one. */
export function run(
  { name, json }: { readonly name: string; readonly json: boolean },
  { print }: Pick<RoleDeps, "print">,
): Promise<ExitStatus> {
  const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
  const sha256 = digestOf(token);
  if (json) print(JSON.stringify({ name, token, sha256 }));
  else {
    print(`# for ${name}, and nowhere else: ${token}`);
    print('# for the file of [forwarder] tokens, under "tokens:":');
    print(`  - name: ${name}\n    sha256: ${sha256}`);
  }
  return Promise.resolve(0);
}
