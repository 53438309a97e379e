/** Real models and pictures, for the tests that want them. */

import { join } from "node:path";

/** The directory of real data, where the environment names one. */
export function testData(): string | undefined {
  return Deno.env.get("SMARTEYE_TEST_DATA") || undefined;
}

/** A test that needs real data; without it, it says that it was skipped. */
export function testWithData(name: string, test: (path: (file: string) => string) => unknown) {
  Deno.test(name, async () => {
    const directory = testData();
    if (directory === undefined) {
      console.log("skipped: SMARTEYE_TEST_DATA names no directory");
      return;
    }
    await test((file) => join(directory, file));
  });
}
