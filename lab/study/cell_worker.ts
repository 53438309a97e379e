/** A Worker's main module: simulates the cells that it is given, one after the other. */

import { asSmarteyeError } from "../../core/errors.ts";
import { LoadedPolicies } from "./load_policies.ts";
import { Recordings, runCell } from "./run_cell.ts";
import type { Cell, CellPlace, StudyPlan } from "./study.ts";

/** What the Worker is asked. */
export interface CellQuestion {
  /** What is studied. */
  readonly plan: StudyPlan;
  /** Which part of it. */
  readonly place: CellPlace;
}

/** What it answers. */
export type CellAnswer =
  | { readonly cell: Cell }
  | { readonly error: { readonly code: string; readonly message: string } };

const recordings = new Recordings();
const policies = new LoadedPolicies();

self.onmessage = async ({ data: { plan, place } }: MessageEvent<CellQuestion>) => {
  self.postMessage(await answerTo(plan, place));
};

async function answerTo(plan: StudyPlan, place: CellPlace): Promise<CellAnswer> {
  try {
    return { cell: await runCell(plan, place, recordings, policies) };
  } catch (error) {
    const { code, message } = asSmarteyeError(error, "simulate");
    return { error: { code, message } };
  }
}
