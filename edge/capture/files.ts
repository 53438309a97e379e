/** Files as a source: one, those that a pattern means, or those of a folder. */

import { glob } from "node:fs/promises";
import { basename } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { IMAGE_FILE, IMAGE_FILE_ENDINGS, VIDEO_FILE } from "../../core/image_formats.ts";
import type { CaptureOptions } from "../options.ts";
import { ImageSource } from "./images.ts";
import { SequenceSource } from "./sequence.ts";
import type { CaptureWorld, FrameSource } from "./source.ts";

/** Files that one source may have. */
const FILES_MAX = 1_000_000;

/** Pages of a TIFF and files by number: 2 comes before 10. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true }).compare;

/**
 * Opens a file or a folder.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is no such thing, or nothing to look at in it.
 */
export async function openPath(
  path: string,
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const { isDirectory } = await Deno.stat(path).catch((cause) => {
    const found = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(cause);
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read "${path}": ${found}; a video, an image or a folder of images is wanted`,
      { cause },
    );
  });
  if (!isDirectory) return await openFile(path, options, world);
  const folder = path.replace(/\/+$/, "");
  const entries = await Array.fromAsync(Deno.readDir(path));
  const files = entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  return openFiles(
    path,
    { files: files.map((name) => `${folder}/${name}`), folders },
    options,
    world,
  );
}

/**
 * Opens all files that a pattern such as `clips/*.mp4` means.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none to look at.
 */
export async function openGlob(
  pattern: string,
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const files: string[] = [];
  const folders: string[] = [];
  for await (const path of glob(pattern)) {
    const isDirectory = await Deno.stat(path).then((stat) => stat.isDirectory, () => false);
    (isDirectory ? folders : files).push(path);
    if (files.length > FILES_MAX) break;
  }
  return openFiles(pattern, { files, folders }, options, world);
}

function openFiles(
  description: string,
  { files, folders }: { readonly files: readonly string[]; readonly folders: readonly string[] },
  options: CaptureOptions,
  world: CaptureWorld,
): FrameSource {
  const isHidden = (path: string) => basename(path).startsWith(".");
  const isMeant = (path: string) =>
    !isHidden(path) && (IMAGE_FILE.test(path) || VIDEO_FILE.test(path));
  const paths = files.filter(isMeant).sort(BY_NUMBER);
  if (paths.length === 0) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read "${description}": there are ${files.length + folders.length} entries and no ` +
        `image or video, files that end in one of ${IMAGE_FILE_ENDINGS} or as videos do are wanted`,
    );
  }
  const leftOut = [
    { what: "hidden files", names: files.filter(isHidden) },
    {
      what: "files that are no images or videos",
      names: files.filter((path) => !isHidden(path) && !isMeant(path)),
    },
    { what: "folders", names: folders },
  ].filter(({ names }) => names.length > 0);
  const areStill = paths.every((path) => /\.(jpe?g|jpe|jfif)$/i.test(path));
  return new SequenceSource({
    ...{ description, paths, leftOut },
    frameCount: areStill ? paths.length : undefined,
    areStills: paths.every((path) => IMAGE_FILE.test(path)),
    open: (path) => openFile(path, options, world),
  });
}

/** Opens one file: as an image where its name says so, unless only FFmpeg knows how it moves. */
async function openFile(
  path: string,
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const { pixelsMax, hwaccel, live } = options;
  if (IMAGE_FILE.test(path) && !await isForFfmpeg(path)) {
    return await ImageSource.open(path, { pixelsMax });
  }
  const { VideoSource } = await import("./video.ts");
  const how = { url: `file:${path}`, description: path, file: path };
  const { tape } = world;
  const all = { ...how, hwaccel, live, pixelsMax, silenceMs: Infinity, tape };
  if (!live || (await Deno.stat(path)).isFile) return await VideoSource.open(all, world);
  const { openLive } = await import("./network.ts");
  return openLive(all, options, world); // a pipe that has a name
}

/** Bytes in which an animation says that it is one: the control chunk of a PNG, the brand of an AVIF. */
const HEAD_BYTES = 4096;

/** Whether it is an animated PNG or AVIF. */
async function isForFfmpeg(path: string): Promise<boolean> {
  if (!/\.(png|avif)$/i.test(path)) return false;
  const head = new Uint8Array(HEAD_BYTES);
  using file = await Deno.open(path);
  const length = await file.read(head) ?? 0;
  const text = new TextDecoder("latin1").decode(head.subarray(0, length));
  if (text.slice(4, 12) === "ftypavis") return true;
  const control = text.indexOf("acTL");
  return control >= 0 && !(text.slice(0, control).includes("IDAT"));
}
