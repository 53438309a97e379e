/** Which images are taken: from strangers the few that the web sends, from the user's disk more. */

/** Formats that are taken from strangers, as decoders name them. */
export const SENT_FORMATS = ["jpeg", "png", "webp"] as const;

/** Their media types. */
export const SENT_TYPES: readonly string[] = SENT_FORMATS.map((format) => `image/${format}`);

/** What files of these formats begin with, and at which byte. */
const BEGINNINGS: readonly (readonly [format: string, at: number, bytes: readonly number[]])[] = [
  ["jpeg", 0, [0xff, 0xd8, 0xff]],
  ["png", 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["webp", 8, [0x57, 0x45, 0x42, 0x50]],
];

/** The format that a file says in its first bytes, one of {@link SENT_FORMATS}. */
export function formatOf(file: Uint8Array): string | undefined {
  return BEGINNINGS.find(([, at, bytes]) => bytes.every((byte, i) => file[at + i] === byte))?.[0];
}

/** Endings of image files on the user's disk that the image decoder reads, without the dot. */
const IMAGES = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "tif", "tiff", "avif"] as const;

/** Endings of files that the video decoder reads, videos and images, without the dot. */
const VIDEOS = [
  ...["mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "mts", "m2ts", "mpg", "mpeg", "flv", "wmv"],
  ...[
    "asf",
    "3gp",
    "3g2",
    "ogv",
    "mjpg",
    "mjpeg",
    "h264",
    "264",
    "h265",
    "265",
    "hevc",
    "ivf",
    "y4m",
  ],
  ...["apng", "bmp", "heic", "heif", "jp2", "jxl", "pbm", "pgm", "ppm", "pnm", "tga", "qoi"],
] as const;

/** The name of a file that holds an image, by its ending. */
export const IMAGE_FILE: RegExp = endsIn(IMAGES);

/** The name of a file that holds a video, or an image that the video decoder reads, by its ending. */
export const VIDEO_FILE: RegExp = endsIn(VIDEOS);

/** The endings of {@link IMAGE_FILE}, for messages. */
export const IMAGE_FILE_ENDINGS: string = IMAGES.map((ending) => `.${ending}`).join(", ");

function endsIn(endings: readonly string[]): RegExp {
  return new RegExp(`\\.(${endings.join("|")})$`, "i");
}
