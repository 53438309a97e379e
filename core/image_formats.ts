/** Which images are taken: from strangers the few that the web sends, from the user's disk more. */

/** Formats that are taken from strangers, as decoders name them. */
export const SENT_FORMATS = ["jpeg", "png", "webp"] as const;

/** Their media types. */
export const SENT_TYPES: readonly string[] = SENT_FORMATS.map((format) => `image/${format}`);

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
