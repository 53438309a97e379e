/** Tests of what not every machine has: where it is missing they are ignored, counted and named so. */

import { join } from "node:path";

/** The directory of real data, where the environment names one. */
export function testData(): string | undefined {
  return Deno.env.get("SMARTEYE_TEST_DATA") || undefined;
}

/** A test that needs real models, pictures or videos; `path` gives the path of a file of them. */
export function testWithData(name: string, test: (path: (file: string) => string) => unknown) {
  const directory = testData();
  testWhere(
    "SMARTEYE_TEST_DATA names real data",
    directory !== undefined,
    name,
    () => test((file) => join(directory!, file)),
  );
}

/** A test that needs a disk that is full. */
export function testWithDevFull(name: string, test: () => unknown) {
  testWhere("there is a /dev/full", Deno.build.os === "linux", name, test);
}

/**
 * A test that needs something.
 *
 * @param what as in "only where …": it is part of the name of a test that is ignored.
 */
export function testWhere(
  what: string,
  isThere: boolean,
  name: string,
  test: (t: Deno.TestContext) => unknown,
): void {
  Deno.test({
    name: isThere ? name : `${name} (only where ${what})`,
    ignore: !isThere,
    fn: async (t) => {
      await test(t);
    },
  });
}
