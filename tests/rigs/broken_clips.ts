/** Clips that are not whole, or none at all, each with what is right of it. */

import { type Packing, writeClip } from "./clip_writer.ts";
import { type OddClip, PLAIN, type Shown } from "./odd_clips.ts";
import { quartersOf } from "./patches.ts";

const FRAMES = 20;

/** Each frame takes as many bytes as the next: a share of the bytes is that share of the frames. */
const EVEN = {
  ...PLAIN,
  ...{ frames: FRAMES, gop: 1 },
};

/** Where a clip is cut: at a share of its bytes, or at a place. */
type Place = number | ((bytes: Uint8Array<ArrayBuffer>) => number);

/** So many bytes into the last but four of an MP4's boxes of that name. */
function into(name: string, bytes: number): Place {
  return (file) => {
    const view = new DataView(file.buffer);
    const found: number[] = [];
    for (let at = 0; at + 8 <= file.length; at += view.getUint32(at)) {
      if (new TextDecoder().decode(file.subarray(at + 4, at + 8)) === name) found.push(at);
    }
    return found.at(-5)! + bytes;
  };
}

/** A clip of which only the first part is there. */
function cut(
  what: string,
  file: string,
  packing: Packing,
  right: Partial<Shown> | RegExp,
  place: Place = 0.6,
): OddClip {
  return {
    what,
    file,
    write: async (path) => {
      await writeClip(path, [EVEN], packing);
      const bytes = Deno.readFileSync(path);
      const end = typeof place === "number" ? Math.floor(bytes.length * place) : place(bytes);
      Deno.writeFileSync(path, bytes.subarray(0, end));
    },
    right: right instanceof RegExp ? right : {
      size: [EVEN.width, EVEN.height],
      frames: [3, FRAMES - 4],
      quarters: quartersOf,
      error: /^Cannot read ".+": .*wanted/,
      ...right,
    },
  };
}

/** A file with this in it. */
function file(what: string, file: string, bytes: Uint8Array, right: RegExp): OddClip {
  return {
    what,
    file,
    write: (path) => Deno.writeFile(path, bytes),
    right,
  };
}

/** A clip of which one packet in the middle is damaged: all but its frame are shown. */
function damaged(what: string, file: string, packing: Packing): OddClip {
  return {
    what,
    file,
    write: async (path) => {
      await writeClip(path, [EVEN], packing);
      const bytes = Deno.readFileSync(path);
      const at = Math.floor(bytes.length * 0.55);
      Deno.writeFileSync(path, bytes.fill(0xff, at, at + 40));
    },
    right: {
      size: [EVEN.width, EVEN.height],
      frames: [FRAMES - 2, FRAMES],
      isDamaged: true,
    },
  };
}

const TEXT = "this is no video, whatever its name says\n".repeat(50);

const FRAGMENTED = {
  container: "mp4",
  options: { movflags: "frag_every_frame+empty_moov+default_base_moof" },
};

/** All of them. */
export const BROKEN_CLIPS: readonly OddClip[] = [
  cut("an MP4 whose end is missing", "cut_faststart.mp4", {
    container: "mp4",
    options: { movflags: "faststart" },
  }, {}),
  cut("an MP4 without its index", "cut.mp4", { container: "mp4" }, /^Cannot read ".+": .*wanted/),
  cut(
    "a fragmented MP4 cut in a fragment's frame",
    "cut_frame.mp4",
    FRAGMENTED,
    {},
    into("mdat", 60),
  ),
  cut(
    "a fragmented MP4 cut in a fragment's head",
    "cut_head.mp4",
    FRAGMENTED,
    {},
    into("moof", 60),
  ),
  cut("a fragmented MP4 cut in a box's name", "cut_name.mp4", FRAGMENTED, {}, into("moof", 6)),
  cut("a Matroska file whose end is missing", "cut.mkv", { container: "matroska" }, {}),
  cut("an AVI whose end and index are missing", "cut.avi", { container: "avi" }, {}, 0.8),
  damaged("an MP4 with a damaged packet", "damaged.mp4", {
    container: "mp4",
    options: { movflags: "faststart" },
  }),
  damaged("a Matroska file with a damaged packet", "damaged.mkv", { container: "matroska" }),
  file("nothing", "nothing.mp4", new Uint8Array(), /empty|no bytes|0 bytes|nothing/i),
  file("a text", "text.mp4", new TextEncoder().encode(TEXT), /^Cannot read ".+": .*wanted/),
  file("sound by the name of a video", "sound.avi", wav(), /no picture|no video/),
];

/** Half a second of silence. */
function wav(): Uint8Array {
  const samples = 22_050;
  const bytes = new Uint8Array(44 + samples * 2);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true);
  view.setUint32(24, 44_100, true);
  view.setUint32(28, 88_200, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, samples * 2, true);
  return bytes;
}
