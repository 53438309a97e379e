/** Clips as people have them and test suites do not, each with what is right of it. */

import sharp from "sharp";
import { AV_DISPOSITION_ATTACHED_PIC } from "node-av/constants";
import type { Rgb } from "../fakes/pictures.ts";
import { type PictureTrack, type Track, writeClip } from "./clip_writer.ts";
import { type Quarters, quartersOf, rgbOf } from "./patches.ts";

/** How wide a picture is for its height; for clips whose size may be chosen in two ways. */
export interface Aspect {
  readonly aspect: number;
}

/** What a clip shows when it is read right. */
export interface Shown {
  readonly size: readonly [width: number, height: number] | Aspect;
  /** How many, or between which numbers. */
  readonly frames: number | readonly [least: number, most: number];
  /** What frame `index` shows; absent: nothing is said of it. */
  readonly quarters?: (index: number) => Quarters;
  /** How far a colour may be off; lossy encoding at a high quality takes 6. */
  readonly tolerance?: number;
  /** When each is shown. */
  readonly timesMs?: readonly number[];
  /** The source says that it leaves something out. */
  readonly isDamaged?: true;
  /** It breaks off with this message, after those frames. */
  readonly error?: RegExp;
}

/** A clip and what is right of it. */
export interface OddClip {
  /** What is odd of it. */
  readonly what: string;
  /** Its file's name. */
  readonly file: string;
  /** Makes it. */
  readonly write: (path: string) => Promise<void>;
  /** What it shows, or the message that it is refused with. */
  readonly right: Shown | RegExp;
}

/** A track that everything reads, and of which the clips differ. */
export const PLAIN: PictureTrack = {
  ...{ width: 160, height: 96, frames: 10, fps: 10 },
  ...{ codec: "libx264", layout: "yuv420p" },
  options: { preset: "ultrafast", crf: "10" },
};

const QUICK_VP9 = { deadline: "realtime", "cpu-used": "8", crf: "8", b: "0" };

/** A clip of one track in MP4. */
function mp4(what: string, file: string, said: Partial<PictureTrack>, right: Partial<Shown>) {
  return clip(what, file, "mp4", [{ ...PLAIN, ...said }], right);
}

/** A clip of tracks, of which the first is shown. */
export function clip(
  what: string,
  file: string,
  container: string,
  tracks: readonly Track[],
  right: Partial<Shown> | RegExp,
): OddClip {
  const shown = tracks.find((track) => "layout" in track);
  return {
    what,
    file,
    write: (path) => writeClip(path, tracks, { container }),
    right: right instanceof RegExp ? right : {
      size: [shown!.width, shown!.height],
      frames: shown!.frames,
      quarters: quartersOf,
      ...right,
    },
  };
}

/** Display matrices: 16.16 fixed point, the last column 2.30. */
const ONE = 1 << 16;
const W = 1 << 30;
const TURNS = {
  90: [0, ONE, 0, -ONE, 0, 0, 0, 0, W],
  180: [-ONE, 0, 0, 0, -ONE, 0, 0, 0, W],
  270: [0, -ONE, 0, ONE, 0, 0, 0, 0, W],
  mirrored: [-ONE, 0, 0, 0, ONE, 0, 0, 0, W],
} as const;

/** Where the quarters are when a picture is turned. */
function turned(by: keyof typeof TURNS): (index: number) => Quarters {
  return (index) => {
    const { topLeft: a, topRight: b, bottomLeft: c, bottomRight: d } = quartersOf(index);
    const [topLeft, topRight, bottomLeft, bottomRight]: readonly Rgb[] = {
      90: [c, a, d, b],
      180: [d, c, b, a],
      270: [b, d, a, c],
      mirrored: [b, a, d, c],
    }[by];
    return {
      topLeft: topLeft!,
      topRight: topRight!,
      bottomLeft: bottomLeft!,
      bottomRight: bottomRight!,
    };
  };
}

const ROTATED: readonly OddClip[] = [
  ...([90, 180, 270] as const).map((by) =>
    mp4(`turned by ${by}°`, `turned_${by}.mp4`, { matrix: TURNS[by] }, {
      size: by === 180 ? [160, 96] : [96, 160],
      quarters: turned(by),
    })
  ),
  clip("turned by 90° in a QuickTime file", "turned.mov", "mov", [
    { ...PLAIN, matrix: TURNS[90] },
  ], { size: [96, 160], quarters: turned(90) }),
  mp4("mirrored", "mirrored.mp4", { matrix: TURNS.mirrored }, { quarters: turned("mirrored") }),
];

const SHAPED: readonly OddClip[] = [
  mp4("pixels 16:11", "wide_pal.mp4", { width: 176, height: 144, aspect: [16, 11] }, {
    size: { aspect: 176 * 16 / 11 / 144 },
  }),
  clip("pixels 4:3", "wide.mkv", "matroska", [
    { ...PLAIN, width: 144, height: 108, aspect: [4, 3] },
  ], { size: { aspect: 16 / 9 } }),
  clip("an odd size", "odd.webm", "webm", [
    { ...PLAIN, codec: "libvpx-vp9", width: 321, height: 241, options: QUICK_VP9 },
  ], { tolerance: 10 }),
  clip("an odd size of whole chroma", "odd444.mkv", "matroska", [
    { ...PLAIN, width: 161, height: 97, layout: "yuv444p" },
  ], {}),
  clip("an odd size of JPEGs", "odd.avi", "avi", [
    {
      ...PLAIN,
      ...{ codec: "mjpeg", width: 161, height: 97, coloring: { isFull: true } },
      options: { qmin: "1", qmax: "2" },
    },
  ], {}),
  clip("one frame of 8K", "8k.avi", "avi", [
    {
      ...PLAIN,
      ...{ codec: "mjpeg", width: 7680, height: 4320, frames: 1, options: {} },
      coloring: { isFull: true },
    },
  ], {}),
];

const COLORED: readonly OddClip[] = [
  mp4("BT.601, limited", "bt601.mp4", {}, {}),
  mp4("BT.709, limited", "bt709.mp4", { coloring: { matrix: "bt709" } }, {}),
  mp4("BT.601, full", "bt601_full.mp4", { coloring: { isFull: true } }, {}),
  mp4("BT.709, full", "bt709_full.mp4", { coloring: { matrix: "bt709", isFull: true } }, {}),
  mp4("small and of untold colours", "untold.mp4", { isUntagged: true }, {}),
  clip("ten bits", "ten.mkv", "matroska", [{ ...PLAIN, layout: "yuv420p10" }], {}),
  clip("ten bits, BT.709", "prores.mov", "mov", [
    {
      ...PLAIN,
      ...{ codec: "prores_ks", layout: "yuv422p10", options: {} },
      coloring: { matrix: "bt709" },
    },
  ], {}),
  clip("ten bits of H.265", "ten_hevc.mp4", "mp4", [
    {
      ...PLAIN,
      ...{ codec: "libx265", layout: "yuv420p10" },
      options: { preset: "ultrafast", crf: "10", "x265-params": "log-level=none:pools=1" },
    },
  ], {}),
  clip("grey only", "grey.mkv", "matroska", [{ ...PLAIN, layout: "gray" }], {
    quarters: (index) => {
      const grey = (luma: number): Rgb => [luma, luma, luma];
      const of = ([r, g, b]: Rgb) => grey(0.299 * r + 0.587 * g + 0.114 * b);
      const { topLeft, topRight, bottomLeft, bottomRight } = quartersOf(index);
      return {
        topLeft: of(topLeft),
        topRight: of(topRight),
        bottomLeft: of(bottomLeft),
        bottomRight,
      };
    },
  }),
  mp4("whole chroma", "yuv444.mp4", { layout: "yuv444p" }, {}),
  clip("RGB", "rgb.mov", "mov", [{ ...PLAIN, codec: "qtrle", layout: "rgb24", options: {} }], {
    tolerance: 2,
  }),
];

/** Of what lets something through, only that which does not is told: behind it, there is nothing. */
const SEE_THROUGH: readonly OddClip[] = [
  clip("alpha in VP9", "alpha.webm", "webm", [
    { ...PLAIN, codec: "libvpx-vp9", layout: "yuva420p", options: QUICK_VP9 },
  ], { tolerance: 10, quarters: opaque }),
  clip("alpha in PNGs", "alpha.mov", "mov", [
    { ...PLAIN, codec: "png", layout: "rgba", options: {} },
  ], { tolerance: 2, quarters: opaque }),
];

/** What is seen of quarters of which the grey one lets half through; its colour is not looked at. */
function opaque(index: number): Quarters {
  return { ...quartersOf(index), bottomRight: [NaN, NaN, NaN] };
}

/** Frames are shown when the camera had them. */
const UNEVEN = [0, 1, 2, 7, 8, 9, 20, 21, 40, 41];

const TIMED: readonly OddClip[] = [
  clip("a varying rate", "vfr.mkv", "matroska", [
    { ...PLAIN, when: (index) => UNEVEN[index]! },
  ], { timesMs: UNEVEN.map((at) => at * 100) }),
  mp4("a varying rate in MP4", "vfr.mp4", { when: (index) => UNEVEN[index]! }, {
    timesMs: UNEVEN.map((at) => at * 100),
  }),
  clip("frames that were dropped while it was recorded", "dropped.avi", "avi", [
    { ...PLAIN, codec: "mpeg4", when: (index) => index * 3, options: { qmin: "1", qmax: "2" } },
  ], { tolerance: 10 }),
  clip("interlaced", "interlaced.ts", "mpegts", [
    {
      ...PLAIN,
      options: { preset: "ultrafast", crf: "10", "x264-params": "interlaced=1:tff=1" },
    },
  ], {}),
  clip("B-frames", "b_frames.ts", "mpegts", [
    { ...PLAIN, options: { preset: "fast", crf: "10", bf: "3" } },
  ], {}),
  clip("VP8", "vp8.webm", "webm", [
    { ...PLAIN, codec: "libvpx", options: { deadline: "realtime", crf: "4", b: "2000000" } },
  ], { tolerance: 10 }),
  clip("MPEG-2", "mpeg2.mpg", "mpeg", [
    { ...PLAIN, codec: "mpeg2video", fps: 25, options: { qmin: "1", qmax: "2" } },
  ], { tolerance: 10 }),
];

/** A picture as tall as it is wide, and no part of the film. */
const COVER: PictureTrack = {
  ...PLAIN,
  ...{ codec: "png", layout: "rgb24", width: 64, height: 64, frames: 1, options: {} },
  disposition: AV_DISPOSITION_ATTACHED_PIC,
  picture: () => {
    const pink: Rgb = [250, 100, 200];
    return { topLeft: pink, topRight: pink, bottomLeft: pink, bottomRight: pink };
  },
};

/** A second picture, as of a camera that sends a preview. */
const PREVIEW: PictureTrack = { ...COVER, ...PLAIN, width: 80, height: 48, disposition: 0 };

const SOUND = { codec: "aac", seconds: 1 } as const;

const OF_SEVERAL_TRACKS: readonly OddClip[] = [
  clip("sound first", "sound_first.mp4", "mp4", [SOUND, PLAIN], {}),
  clip("a cover picture beside the film", "cover.mp4", "mp4", [PLAIN, COVER], {}),
  {
    ...clip("a cover picture before the film", "cover_first.mp4", "mp4", [PLAIN, COVER], {}),
    write: async (path) => {
      await writeClip(path, [PLAIN, COVER], { container: "mp4" });
      Deno.writeFileSync(path, coverFirst(Deno.readFileSync(path)));
    },
  },
  clip("a smaller second track", "preview.mp4", "mp4", [PLAIN, PREVIEW], {}),
  clip("a smaller second track in Matroska", "preview.mkv", "matroska", [PLAIN, PREVIEW], {}),
  clip("music", "music.mp3", "mp3", [{ codec: "libmp3lame", seconds: 1 }], /video|picture/),
  clip("music in MP4", "music.m4a", "mp4", [SOUND], /video|picture/),
  clip("music with a cover", "cover.mp3", "mp3", [
    { codec: "libmp3lame", seconds: 1 },
    COVER,
  ], /video|picture/),
  clip("music in MP4 with a cover", "cover.m4a", "mp4", [SOUND, COVER], /video|picture/),
];

/** Puts what an MP4 says of itself, the cover among it, before its tracks: the cover is stream 0 then. */
function coverFirst(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  const name = (at: number) => new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
  const boxes = (from: number, to: number) => {
    const found = [];
    for (let at = from; at < to; at += view.getUint32(at)) {
      found.push({ at, name: name(at), bytes: bytes.slice(at, at + view.getUint32(at)) });
    }
    return found;
  };
  const moov = boxes(0, bytes.length).find((box) => box.name === "moov")!;
  const parts = boxes(moov.at + 8, moov.at + moov.bytes.length);
  const first = (box: { name: string }) => box.name === "udta" ? 0 : 1;
  let at = moov.at + 8;
  for (const part of parts.toSorted((a, b) => first(a) - first(b))) {
    bytes.set(part.bytes, at);
    at += part.bytes.length;
  }
  return bytes;
}

/** An image of several frames, as a browser shows it. */
function moving(what: string, file: string, form: "gif" | "webp"): OddClip {
  const size = { width: 64, height: 48 };
  const frames = 6;
  return {
    what,
    file,
    right: { size: [64, 48], frames, quarters: quartersOf, tolerance: 10 },
    write: async (path) => {
      const pages = Array.from(
        { length: frames },
        (_, index) => rgbOf(size, quartersOf(index)),
      );
      const raw = new Uint8Array(pages.flatMap((page) => [...page]));
      const { width, height } = size;
      const image = sharp(raw, {
        raw: { width, height: height * frames, channels: 3, pageHeight: height },
      });
      const delay = pages.map(() => 100);
      const made = form === "gif" ? image.gif({ delay }) : image.webp({ delay, lossless: true });
      await made.toFile(path);
    },
  };
}

const MOVING_IMAGES: readonly OddClip[] = [
  moving("a moving GIF", "moving.gif", "gif"),
  moving("a moving WebP", "moving.webp", "webp"),
  clip("a moving PNG", "moving.png", "apng", [
    { ...PLAIN, codec: "apng", layout: "rgb24", frames: 6, options: {} },
  ], { tolerance: 2 }),
];

/** All of them. */
export const ODD_CLIPS: readonly OddClip[] = [
  ...ROTATED,
  ...SHAPED,
  ...COLORED,
  ...SEE_THROUGH,
  ...TIMED,
  ...OF_SEVERAL_TRACKS,
  ...MOVING_IMAGES,
];
