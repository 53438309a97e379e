/** How annotated video is written, resolved and checked. */

/** How long a file of a video goes on: until the run ends, or the hour of the source's clock. */
export const VIDEO_FILES = ["run", "hour"] as const;

/** What is said of a video. */
export interface VideoOptions {
  /** When a new file begins. */
  readonly every: typeof VIDEO_FILES[number];
  /** Height in pixels that pictures are scaled down to at most. */
  readonly heightMax: number;
  /** x264's constant quality: 0 is lossless, 51 is worst, 6 more is about half the bytes. */
  readonly crf: number;
}

/** What there is where nothing is said. */
export const VIDEO_DEFAULTS: VideoOptions = { every: "run", heightMax: 720, crf: 23 };
