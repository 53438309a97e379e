/** The tutorial of docs/policies.md, as it stands there: every command and every change, in order. */

import assert from "node:assert/strict";
import { Folder } from "./fakes/folder.ts";
import { program } from "./fakes/program.ts";

const PAGE = await Deno.readTextFile(new URL("../docs/policies.md", import.meta.url));

/** The tutorial: what stands between its heading and the next. */
const [, TUTORIAL = ""] = /^## From nothing to [^]*?\n([^]*?)^## /m.exec(PAGE) ?? [];

/** A block of code, with the text before it. */
interface Block {
  readonly before: string;
  readonly kind: string;
  readonly text: string;
}

const BLOCKS = [...TUTORIAL.matchAll(/([^]*?)^```(\w*)\n([^]*?)^```/gm)].map(
  ([, before = "", kind = "", text = ""]): Block => ({ before, kind, text }),
);

/** The lines of a shell block, those that go on put together, as words. */
function commandsOf({ text }: Block): readonly (readonly string[])[] {
  return text.replaceAll("\\\n", " ").trim().split("\n").map((line) => line.trim().split(/\s+/));
}

/** Puts code in place of a line that the text before it names, as deep as that stands. */
function change(folder: Folder, { before, text }: Block): void {
  const line = /in place of(?: the line)?\s+`(\/\/ [^`]+)`/.exec(before)?.[1] ?? "";
  const file = folder.file([...before.matchAll(/`(mine(?:_test)?\.ts)`/g)].at(-1)?.[1] ?? "");
  const source = Deno.readTextFileSync(file);
  const [, indent] = new RegExp(`^( *)${line}$`, "m").exec(source) ?? [];
  assert.ok(line !== "" && indent !== undefined, `${file} has the line ${line}`);
  const code = text.trimEnd().split("\n").map((each) => indent + each).join("\n");
  Deno.writeTextFileSync(file, source.replace(indent + line, () => code));
}

async function deno(folder: Folder, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  return said;
}

Deno.test("the tutorial comes to where it says, in an empty directory", async () => {
  await using folder = new Folder();
  const told: string[] = [];
  for (const block of BLOCKS) {
    if (block.kind === "ts") change(folder, block);
    if (block.kind !== "sh") continue;
    for (const [name, ...args] of commandsOf(block)) {
      assert.equal(name, "smarteye");
      const { code, stdout, stderr } = await program(args, {}, folder.path);
      assert.equal(code, 0, `smarteye ${args.join(" ")}\n${stdout}${stderr}`);
      told.push(stdout);
    }
  }
  assert.match(await deno(folder, "test", "mine_test.ts"), /\| 11 passed \| 0 failed/);
  await deno(folder, "fmt", "--check", "mine.ts", "mine_test.ts", "smarteye.d.ts");
  await deno(folder, "check", "mine.ts", "mine_test.ts");

  const all = told.join("\n");
  assert.match(all, /│ +│ +│ \.\/mine\.ts +│/, "it is compared");
  assert.match(
    all,
    /│ street\.decisions\.jsonl +│ mine +│ +\d+ │ +\d+ │ +0 │/,
    "and decided again",
  );
  assert.ok(folder.names("study").includes("report.html"));
  assert.match(Deno.readTextFileSync(folder.file("results/results.jsonl")), /"policy":"mine"/);

  // What the page shows of the check is what it says, but for how long it takes.
  const shown = BLOCKS.find(({ kind, text }) => kind === "" && text.includes("in_bounds"))!.text;
  const withoutTimes = (text: string) => text.replace(/time +(ok|warning) .*/, "time");
  assert.ok(withoutTimes(all).includes(withoutTimes(shown)), all);
});

Deno.test("every command of the tutorial is one that is run", () => {
  const kinds = BLOCKS.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["sh", "ts", "ts", "sh", "", "sh", "sh", "sh"]);
  assert.ok(BLOCKS.filter(({ kind }) => kind === "sh").flatMap(commandsOf).length >= 8);
});
