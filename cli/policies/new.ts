/** Writes a policy to begin with, its test, and the types of both. */

import { join, relative } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { cannotWrite, writeWhole } from "../../edge/sink/write.ts";

/** Options of `smarteye policies new`. */
export interface NewOptions {
  /** Of the policy: a function may be called so. */
  readonly name: string;
  /** Where the files go. */
  readonly directory: string;
  /** Where the user is: paths are shown from there. */
  readonly from: string;
  /** Write over what is there. */
  readonly force: boolean;
  /** Print one object, not text. */
  readonly json: boolean;
}

/** What is written, as the policy `mine`. */
const TEMPLATE = new URL("../../policies/template/", import.meta.url);

/** The types: they are of the program, and the same for every policy. */
const TYPES = "smarteye.d.ts";

/** A file that is to be written. */
interface NewFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes the files, all or none of them.
 *
 * @throws {SmarteyeError} `invalid_argument` when one is there already; `failed_precondition` when one
 * cannot be written.
 */
export async function run(
  options: NewOptions,
  { print }: Pick<RoleDeps, "print">,
): Promise<ExitStatus> {
  const { name, directory, from, force, json } = options;
  const own = await Promise.all(
    ["mine.ts", "mine_test.ts"].map(async (file): Promise<NewFile> => ({
      path: join(directory, named(file, name)),
      text: named(await Deno.readTextFile(new URL(file, TEMPLATE)), name),
    })),
  );
  const text = await Deno.readTextFile(new URL(TYPES, TEMPLATE));
  const types = { path: join(directory, TYPES), text };
  if (!force) await checkAreFree(own, types, name);
  try {
    await Deno.mkdir(directory, { recursive: true });
  } catch (cause) {
    throw cannotWrite(directory, cause);
  }
  for (const { path, text } of [...own, types]) {
    await writeWhole(path, new TextEncoder().encode(text));
  }
  const [policy, test] = own.map(({ path }) => shown(path, from)) as [string, string];
  const written = [policy, test, shown(types.path, from)];
  print(json ? JSON.stringify({ policy, written }) : textOf(policy, test, written));
  return 0;
}

/** The template is of a policy called `mine`, and says that word of nothing else. */
function named(text: string, name: string): string {
  return text.replace(/\bmine(?=\b|_test\b)/g, name);
}

/** Types that are there are brought up to date; a file of that name that holds something else is not. */
async function checkAreFree(
  own: readonly NewFile[],
  types: NewFile,
  name: string,
): Promise<void> {
  const theirs = await textIn(types.path);
  const [head] = types.text.split("export ", 1);
  const taken = theirs === undefined || theirs.startsWith(head!) ? [] : [types.path];
  for (const { path } of own) {
    if (await textIn(path) !== undefined) taken.push(path);
  }
  if (taken.length === 0) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot write the policy "${name}": ${taken.join(" and ")} ${
      taken.length === 1 ? "is" : "are"
    } there already, another name or --force is wanted`,
  );
}

/** What stands in a file; nothing where it cannot be read, `undefined` where there is none. */
async function textIn(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const { NotADirectory, NotFound } = Deno.errors;
    return error instanceof NotFound || error instanceof NotADirectory ? undefined : "";
  }
}

/** As a user would type it: `./mine.ts`. */
function shown(path: string, from: string): string {
  const short = relative(from, path);
  return short.startsWith("..") ? path : `./${short.replaceAll("\\", "/")}`;
}

function textOf(policy: string, test: string, written: readonly string[]): string {
  const rows = [
    [`smarteye policies check ${policy}`, "whether it does all that a policy must do"],
    [`deno test ${test}`, "its own test, where Deno is installed"],
    [`smarteye edge -f VIDEO --policy ${policy}`, "on a video, or a camera"],
    ["smarteye lab simulate --help", "how it does beside others"],
  ] as const;
  const width = Math.max(...rows.map(([line]) => line.length));
  return [
    `Wrote ${written.join(", ")}. Change ${policy}, and then:`,
    ...rows.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`),
  ].join("\n");
}
