/** Damaged videos: a result or one clear message, never a crash, a hang or all of the memory. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Folder } from "./fakes/folder.ts";
import { writeClip } from "./rigs/clip_writer.ts";
import type { Said } from "./rigs/damaged_reader.ts";
import { PLAIN } from "./rigs/odd_clips.ts";

const READER = fileURLToPath(new URL("rigs/damaged_reader.ts", import.meta.url));

/** Versions of each clip; more by hand: `SMARTEYE_MUTATIONS=5000`. */
const SEEDS = Number(Deno.env.get("SMARTEYE_MUTATIONS") ?? 200);

/** Milliseconds that one version may take on a busy machine. */
const DEADLINE_MS = 20_000;

/** Memory that the process may hold at most: a small video, and a header that says it is large. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** Memory that it may hold more after the last version than it did after a quarter of them. */
const GROWN_BYTES = 100 * 1024 * 1024;

type Ended = Extract<Said, { ends: number }>;

/** What came of the versions of a clip. */
interface Came {
  readonly ended: readonly Ended[];
  /** Versions that the process did not outlive, and how. */
  readonly lost: readonly string[];
}

/** Reads the versions from `first` to before `end`; goes on in a process of its own after a crash. */
async function readVersions(clip: string, end: number): Promise<Came> {
  const ended: Ended[] = [];
  const lost: string[] = [];
  for (let first = 0; first < end;) {
    const begun = await readSome(clip, first, end, ended);
    if (begun === undefined) break;
    lost.push(`seed ${begun.seed} (${begun.what}): ${begun.how}`);
    assert.ok(lost.length < 5, lost.join("; "));
    first = begun.seed + 1;
  }
  return { ended, lost };
}

/** Reads versions in one process; tells at which one it ended, if before the last. */
async function readSome(clip: string, first: number, end: number, ended: Ended[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", READER, clip, String(first), String(end)],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let under: Extract<Said, { begins: number }> | undefined;
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, DEADLINE_MS);
  };
  watch();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split("\n");
    text = lines.pop()!;
    for (const line of lines) {
      const said: Said = JSON.parse(line);
      watch();
      if ("begins" in said) under = said;
      else {
        ended.push(said);
        under = undefined;
      }
    }
  }
  clearTimeout(timer);
  const { code, signal } = await child.status;
  if (code === 0) return undefined;
  const how = isLate ? `not read in ${DEADLINE_MS} ms` : `the process ended by ${signal ?? code}`;
  return { seed: under?.begins ?? first, what: under?.what ?? "before the first", how };
}

for (
  const [file, container, said] of [
    ["plain.mp4", "mp4", {}],
    ["plain.mkv", "matroska", { codec: "libvpx", options: { deadline: "realtime" } }],
    ["plain.avi", "avi", { codec: "mpeg4", options: { qmin: "1", qmax: "4" } }],
  ] as const
) {
  Deno.test(`${SEEDS} damaged versions of ${file} are read, or refused in one line`, async () => {
    await using folder = new Folder();
    const clip = folder.file(file);
    await writeClip(clip, [{ ...PLAIN, frames: 40, ...said }], { container });
    const { ended, lost } = await readVersions(clip, SEEDS);
    assert.deepEqual(lost, [], "no version ends the process");
    assert.equal(ended.length, SEEDS);
    const wrong = ended.filter((one) => one.wrong !== undefined)
      .map((one) => `seed ${one.ends}: ${one.wrong}`);
    assert.deepEqual(wrong, []);
    const read = ended.filter(({ frames }) => frames > 0).length;
    assert.ok(read > SEEDS / 4, `${read} versions gave frames: damage is not all that is there`);
    const refused = ended.filter(({ message }) => message !== undefined).length;
    assert.ok(refused > 0 && refused < SEEDS, `${refused} versions were refused or broke off`);
    const { mostBytes, rssBytes } = ended.at(-1)!;
    assert.ok(mostBytes < MOST_BYTES, `the process held ${mostBytes} bytes`);
    const grown = rssBytes - ended[SEEDS >> 2]!.rssBytes;
    assert.ok(grown < GROWN_BYTES, `the process holds ${grown} bytes more than at the start`);
  });
}
