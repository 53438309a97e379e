/** PicoDet (Yu et al., 2021, arXiv:2111.00902; PaddleDetection, `ppdet/modeling/heads/pico_head.py`). */

import type { Decoder } from "./decoder.ts";
import { decoderOfDistributions } from "./dfl.ts";

/** Eight outputs: scores of strides 8, 16, 32 and 64, then the distances' distributions. */
export const decodePicodet: Decoder = decoderOfDistributions("PicoDet", [8, 16, 32, 64]);
