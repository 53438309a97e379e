/** From options to what looks at the frames of a run. */

import type { Size } from "../../core/frame.ts";
import type { FrameFilter } from "./frame_filter.ts";
import type { LearnedFile } from "./learned_file.ts";
import { LearnedTolerance } from "./learned_tolerance.ts";
import { MotionGate } from "./motion_gate.ts";
import type { FilterOptions } from "./options.ts";

/** How far the proportions of frames may be from those that a filter was learned on. */
const PROPORTIONS_APART = 0.02;

/** What a filter needs to know of its run. */
export interface FilterWorld {
  /** Whether files one after the other are one scene, as numbered images of a video are. */
  readonly isOneScene: boolean;
  /** Hears what does not fit, as a sentence: each once. */
  readonly warn: (message: string) => void;
}

/** A filter that has seen nothing yet. */
export function openFilter(
  { learned, ...gate }: FilterOptions,
  { isOneScene, warn }: FilterWorld,
): FrameFilter {
  if (!learned) return new MotionGate({ ...gate, isOneScene });
  const tell = mismatches(learned, warn);
  const tolerance = new LearnedTolerance(learned);
  const filter = new MotionGate({ ...gate, isOneScene }, tolerance);
  return {
    look(frame) {
      tell.size(frame.picture);
      return filter.look(frame);
    },
    settled(index, result) {
      if (result) tell.model(result.model);
      filter.settled(index, result);
    },
  };
}

/** Tells what is otherwise than where a filter was learned: it corrects itself, but begins in a wrong place. */
function mismatches({ from }: LearnedFile, warn: (message: string) => void) {
  const told = new Set<string>();
  const once = (what: string, message: string) => {
    if (told.has(what)) return;
    told.add(what);
    warn(`the filter was learned on "${from.video}" ${message}`);
  };
  return {
    size({ width, height }: Size) {
      const apart = Math.abs(Math.log((width * from.height) / (height * from.width)));
      if (!(apart > PROPORTIONS_APART)) return;
      once("size", `at ${from.width}×${from.height}, frames of other proportions come`);
    },
    model(model: string) {
      if (model === from.model) return;
      once(model, `with the model "${from.model}", "${model}" infers here`);
    },
  };
}
