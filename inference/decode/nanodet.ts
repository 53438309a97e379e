/** NanoDet (RangiLyu/nanodet, `nanodet/model/head/nanodet_head.py`, Apache-2.0). */

import type { Decoder } from "./decoder.ts";
import { decoderOfDistributions } from "./dfl.ts";

/** Six outputs: scores of strides 8, 16 and 32, then the distances' distributions. */
export const decodeNanodet: Decoder = decoderOfDistributions("NanoDet", [8, 16, 32]);
