/** An edge of three cameras with every kind of sink at once, and what the sinks send to. */

import { join } from "node:path";
import type { FrameRecord } from "../../edge/record.ts";
import type { Note } from "../../edge/scene/note.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { writeSample } from "../../street/sample_writer.ts";
import { testData } from "../fakes/data.ts";
import { Folder } from "../fakes/folder.ts";
import { Hook } from "../fakes/hook.ts";
import { type Heard, Mosquitto } from "../fakes/mosquitto.ts";
import { NatsServer } from "../fakes/nats_server.ts";
import { SmallDisk } from "../fakes/small_disk.ts";
import { EdgeRun, type Stored } from "./edge_run.ts";

/** The cameras' names, and the videos that they play where there is real data. */
const CAMERAS = { north: "vehicles.mp4", south: "cctv.mp4", yard: "pedestrians.mp4" };

/** Bytes of the disk that is full for a while. */
const DISK_BYTES = 32 << 20;

/** Milliseconds that the slow receiver takes for each message. */
const SLOW_MS = 5000;

/** What a camera's own files say. */
export interface Truth extends Stored {
  readonly name: string;
  /** The directory of its results. */
  readonly directory: string;
  /** The file of the sink of kind jsonl. */
  readonly lines: string;
  /** The lines of `events.jsonl`. */
  readonly notes: readonly Note[];
}

/** What is beside the edge; what this machine lacks is absent, and its sinks are. */
interface Beside {
  readonly hook: Hook;
  /** Hears only of what met the rule. */
  readonly alarm: Hook;
  readonly slow: Hook;
  readonly broker: Mosquitto | undefined;
  readonly nats: NatsServer | undefined;
  readonly disk: SmallDisk | undefined;
}

/** The edge, running. */
export class AllSinks implements AsyncDisposable {
  readonly #heard: Promise<Heard[]> | undefined;

  private constructor(
    readonly edge: EdgeRun,
    readonly beside: Beside,
    private readonly folder: Folder,
    private readonly stack: AsyncDisposableStack,
    heard: Promise<Heard[]> | undefined,
  ) {
    this.#heard = heard;
    heard?.catch(() => {}); // whoever asks for it is told
  }

  /** Starts it, and waits until each camera has results. */
  static async start(): Promise<AllSinks> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(new Folder());
    const beside = {
      hook: stack.use(new Hook()),
      alarm: stack.use(new Hook()),
      slow: stack.use(new Hook(SLOW_MS)),
      broker: await Mosquitto.start(undefined, true),
      nats: await NatsServer.start(),
      disk: await smallDisk(),
    };
    for (const one of [beside.broker, beside.nats, beside.disk]) if (one) stack.use(one);
    const told = await beside.broker?.listen(["smarteye/events", "smarteye/+/alert", "over"]);
    const heard = told?.((all) => all.some(({ topic }) => topic === "over"));
    folder.write("all.ini", sections(await videos(folder), folder.file("lines.jsonl"), beside));
    const edge = stack.use(new EdgeRun("-c", folder.file("all.ini")));
    for (const name of Object.keys(CAMERAS)) {
      await edge.until(name, () => edge.stored(join(edge.directory, name)).records.length > 0);
    }
    return new AllSinks(edge, beside, folder, stack.move(), heard);
  }

  /** For a while nothing that is sent arrives, and one disk is full. */
  async outage(ms: number): Promise<void> {
    const { hook, broker, nats, disk } = this.beside;
    await disk?.fill("filler", 0, 1 << 16);
    await Promise.all([hook.down(), broker?.down("SIGTERM"), nats?.down()]);
    await new Promise((resolve) => setTimeout(resolve, ms));
    hook.up();
    await broker?.up();
    await nats?.up();
    if (disk) await Deno.remove(disk.file("filler"));
  }

  /** What the cameras' own files say, once it has ended. */
  truths(): Truth[] {
    return Object.keys(CAMERAS).map((name) => {
      const directory = join(this.edge.directory, name);
      const notes = linesOf<Note>(join(directory, "events.jsonl"));
      const lines = this.folder.file(`lines_${name}.jsonl`);
      return { name, directory, lines, notes, ...this.edge.stored(directory) };
    });
  }

  /** What the broker told, after the edge has ended; absent where there is none. */
  async heard(): Promise<Heard[] | undefined> {
    await this.beside.broker?.say("over");
    return await this.#heard;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}

/** The lines of a file of JSON Lines, of which each is whole. */
export function linesOf<T = FrameRecord | Note>(path: string): T[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** The videos that the cameras play: real ones where there are some, rendered ones else. */
async function videos(folder: Folder): Promise<Readonly<Record<string, string>>> {
  const data = testData();
  const all: Record<string, string> = {};
  for (const [i, [name, video]] of Object.entries(CAMERAS).entries()) {
    all[name] = data ? join(data, "videos", video) : folder.file(`${name}.mp4`);
    const size = { width: 320, height: 180, frames: 150 };
    if (!data) await writeSample(all[name], { ...STREET_DEFAULTS, ...size, seed: i + 1 });
  }
  return all;
}

async function smallDisk(): Promise<SmallDisk | undefined> {
  try {
    return await SmallDisk.mount(DISK_BYTES);
  } catch (error) {
    console.log(`skipped, no small disk can be mounted: ${(error as Error).message}`);
    return undefined;
  }
}

/** The config: five frames a second of each camera, zones, a rule with clips, and all sinks. */
function sections(files: Readonly<Record<string, string>>, lines: string, beside: Beside): string {
  const { hook, alarm, slow, broker, nats, disk } = beside;
  const all = "what = open, update, close, alerts, clips, zones, lines, source";
  return [
    "[edge-setting]\nrealtime = true\nloop = true\ninterval = 200\n[results]\nevents = all",
    ...Object.entries(files).map(([name, file]) => `[source:${name}]\nfile = ${file}`),
    "[zone:near]\npolygon = 0,0.4 1,0.4 1,1 0,1\ndwell = 2\n[zone:middle]\nline = 0.5,0 0.5,1",
    "[rule:seen]\nzone = near\nminimum = 1\ncooldown = 3\nclip = 1 1\nsinks = alarm",
    "[sink:sqlite]\n[sink:coco]\n[sink:mot]\n[sink:video]\nheight = 180",
    `[sink:images]\nrule = detections\nheight = 180\n[sink:jsonl]\nwhere = ${lines}`,
    `[sink:hook]\nkind = webhook\nwhere = ${hook.url}\n${all}`,
    `[sink:alarm]\nkind = webhook\nwhere = ${alarm.url}`,
    `[sink:slow]\nkind = webhook\nwhere = ${slow.url}\n${all}\nqueue = 8`,
    ...(broker ? [`[sink:mqtt]\nwhere = mqtt://edge:hush@127.0.0.1:${broker.port}/smarteye`] : []),
    ...(nats
      ? [`[sink:nats]\nwhere = nats://127.0.0.1:${nats.port}/site\ntoken = hush\nstream = ALL`]
      : []),
    ...(nats ? [`${all}, frames`] : []),
    ...(disk ? [`[sink:cramped]\nkind = sqlite\nwhere = ${disk.file("seen.sqlite")}`] : []),
  ].join("\n") + "\n";
}
