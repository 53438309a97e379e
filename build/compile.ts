/**
 * `deno task compile`: one file, `dist/smarteye`, that runs every subcommand on a machine without
 * Deno. Made by `deno compile`, or where that finds no base binary, around the Deno that runs this.
 */

import { createHash } from "node:crypto";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { GZIP_LEVEL } from "./archive.ts";
import { compile } from "./compiled.ts";
import { type OnPacked, pack, PACKED_SYSTEMS } from "./packed.ts";
import { stage } from "./stage.ts";

const ROOT = join(import.meta.dirname!, "..");

const HELP = `deno task compile [--kind auto|compiled|packed] [--output FILE] [--wait SECONDS]
                  [--level N]

  --kind     compiled: by "deno compile"; packed: a file that unpacks itself and the Deno that runs
             this; auto (default): compiled where that works, else packed
  --output   the file to write (default: dist/smarteye)
  --wait     how long "deno compile" may take, with its download (default: 180)
  --level    how much a packed file is squeezed: 1 (soonest) to 9 (smallest; default: ${GZIP_LEVEL})`;

const KINDS = ["auto", "compiled", "packed"] as const;

const { values } = parseArgs({
  options: {
    kind: { type: "string", default: "auto" },
    output: { type: "string", default: join(ROOT, "dist", fileName("smarteye")) },
    wait: { type: "string", default: "180" },
    level: { type: "string", default: String(GZIP_LEVEL) },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}
const kind = KINDS.find((each) => each === values.kind);
const waitMs = Number(values.wait) * 1000;
const level = Number(values.level);
if (kind === undefined || !(waitMs > 0) || !/^[1-9]$/.test(values.level)) {
  console.error(HELP);
  Deno.exit(2);
}
Deno.exit(await make(kind, resolve(values.output), { waitMs, level }));

/** Makes the file; gives the exit status. */
async function make(
  kind: typeof KINDS[number],
  out: string,
  { waitMs, level }: { readonly waitMs: number; readonly level: number },
): Promise<number> {
  const tree = await Deno.makeTempDir({ prefix: "smarteye-build-" });
  const part = `${out}.part`;
  try {
    await Deno.mkdir(dirname(out), { recursive: true });
    const app = join(tree, "app");
    await Deno.mkdir(app);
    console.log("laying out the program and its packages …");
    const sources = await stage(ROOT, app);

    let which: string | undefined;
    let why = "as asked for";
    if (kind !== "packed") {
      console.log("deno compile …");
      const compiled = await compile(app, sources, part, waitMs);
      if (compiled.made) which = "compiled by deno compile";
      else why = `deno compile did not work: ${compiled.why}`;
    }
    if (which === undefined) {
      if (kind === "compiled") throw new Error(why);
      if (!PACKED_SYSTEMS.includes(Deno.build.os)) {
        throw new Error(`${why}; and a packed file needs a Unix shell`);
      }
      await pack(tree, part, progressLine(), level);
      which = `packed around Deno ${Deno.version.deno}`;
    }
    await Deno.rename(part, out);
    await report(out, which, why);
    return 0;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    await Deno.remove(part).catch(() => {});
    await Deno.remove(tree, { recursive: true });
  }
}

/** Says how far the packing is: in place on a terminal, else in quarters. */
function progressLine(): OnPacked {
  const isTerminal = Deno.stdout.isTerminal();
  const step = isTerminal ? 1 : 25;
  let said = -1;
  return (bytes, of) => {
    const percent = Math.min(100, Math.floor(100 * bytes / of / step) * step);
    if (percent === said) return;
    said = percent;
    const line = `packing ${(of / 1e6).toFixed(0)} MB: ${percent} %`;
    const text = isTerminal ? `\r${line}${percent === 100 ? "\n" : ""}` : `${line}\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  };
}

/** Says what was made. */
async function report(out: string, which: string, why: string): Promise<void> {
  const hash = createHash("sha256");
  const { readable } = await Deno.open(out); // closed when it has been read
  for await (const chunk of readable) hash.update(chunk);
  const { size } = await Deno.stat(out);
  console.log(`${relative(Deno.cwd(), out)}: ${which} (${why})`);
  console.log(`size    ${(size / 1e6).toFixed(1)} MB`);
  console.log(`sha256  ${hash.digest("hex")}`);
}

function fileName(name: string): string {
  return Deno.build.os === "windows" ? `${name}.exe` : name;
}
