/** Which images are taken: from strangers the few that the web sends, from the user's disk more. */

/** Formats that are taken from strangers, as decoders name them. */
export const SENT_FORMATS = ["jpeg", "png", "webp"] as const;

/** Their media types. */
export const SENT_TYPES: readonly string[] = SENT_FORMATS.map((format) => `image/${format}`);

/** Endings of image files on the user's disk, without the dot. */
const ENDINGS = ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "avif"] as const;

/** The name of a file that holds an image, by its ending. */
export const IMAGE_FILE: RegExp = new RegExp(`\\.(${ENDINGS.join("|")})$`, "i");

/** The endings of {@link IMAGE_FILE}, for messages. */
export const IMAGE_FILE_ENDINGS: string = ENDINGS.map((ending) => `.${ending}`).join(", ");
