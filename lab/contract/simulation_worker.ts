/** A Worker's main module: simulates quickly. What edges log of themselves stays here, unheard. */

import { messageOf } from "../../core/errors.ts";
import { Recording } from "../simulation/recording.ts";
import { LoadedPolicies } from "../study/load_policies.ts";
import { runCell } from "../study/run_cell.ts";
import { cellsOf, type Study, type StudyPlan } from "../study/study.ts";
import { quickProfile } from "./quick_profile.ts";

/** What the Worker is asked. */
export interface QuickQuestion {
  /** Its profile is the quick one. */
  readonly plan: StudyPlan;
  /** Frames of that. */
  readonly frames: number;
}

/** What it answers. */
export type QuickAnswer = { readonly cells: Study["cells"] } | { readonly error: string };

self.onmessage = async ({ data }: MessageEvent<QuickQuestion>) => {
  self.postMessage(await answerTo(data));
};

async function answerTo({ plan, frames }: QuickQuestion): Promise<QuickAnswer> {
  const policies = new LoadedPolicies();
  try {
    const recording = new Recording(quickProfile(frames));
    const recordings = { open: () => Promise.resolve(recording) };
    const cells: Study["cells"][number][] = [];
    for (const [at, place] of cellsOf(plan).entries()) {
      cells.push({ at, ...await runCell(plan, place, { recordings, policies }) });
    }
    return { cells };
  } catch (error) {
    return { error: messageOf(error) };
  } finally {
    policies.close();
  }
}
