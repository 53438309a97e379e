/** Sources as a test names them. */

import { FakeClock } from "../../core/fake_clock.ts";
import { seededRng } from "../../core/rng.ts";
import { CAPTURE_DEFAULTS, openSource } from "../../edge/capture/open_source.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import type { CaptureOptions } from "../../edge/options.ts";

/** Opens a source by its name, with a clock that stands still. */
export function opening(
  source: string,
  said: Partial<CaptureOptions> = {},
): Promise<FrameSource> {
  const drain = new AbortController().signal;
  const options = { ...CAPTURE_DEFAULTS, source, ...said };
  return openSource(options, { clock: new FakeClock(), rng: seededRng(1), drain });
}
