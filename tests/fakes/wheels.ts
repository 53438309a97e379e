/** Wheels that are made on the spot, for the real pip. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Wheel } from "../../inference/accelerator/install/wheels.ts";

/** Makes a wheel of the files named on the command line: PATH IN THE WHEEL, CONTENT, … */
const MAKE = `
import sys, zipfile
path, name, version, *files = sys.argv[1:]
info = f"{name.replace('-', '_')}-{version}.dist-info"
with zipfile.ZipFile(path, "w") as wheel:
    for at, content in zip(files[::2], files[1::2]):
        wheel.writestr(at, content)
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

/** Whether there is a Python with pip; where not, says that tests are skipped. */
export const hasPip: boolean = (() => {
  try {
    const { success } = new Deno.Command("python3", {
      args: ["-m", "pip", "--version"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    if (success) return true;
  } catch { /* there is no Python */ }
  console.log('skipped what needs pip: there is no "python3 -m pip"');
  return false;
})();

/** Makes a wheel in a directory. */
export function makeWheel(
  directory: string,
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Wheel {
  const path = join(directory, `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`);
  const { success, stderr } = new Deno.Command("python3", {
    args: ["-c", MAKE, path, name, version, ...Object.entries(files).flat()],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const file = Deno.readFileSync(path);
  return {
    ...{ name, version, bytes: file.length, unpacked: file.length },
    sha256: createHash("sha256").update(file).digest("hex"),
  };
}
