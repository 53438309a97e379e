/** Every decoder there is: a new output family is one more file, and one more line here. */

import type { DecoderName } from "../../models/manifest.ts";
import type { Decoder } from "./decoder.ts";
import { decodeFastestdet } from "./fastestdet.ts";
import { decodeYolox } from "./yolox.ts";

/** Every decoder, by the name that a manifest gives. */
export const DECODERS: Readonly<Record<DecoderName, Decoder>> = {
  fastestdet: decodeFastestdet,
  yolox: decodeYolox,
};
