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
  /** Directory that decisions are recorded in, if anywhere. */
  readonly record: string | undefined;
}

/** What it answers. */
export type CellAnswer =
  | { readonly cell: Cell }
  | { readonly error: { readonly code: string; readonly message: string } };

const recordings = new Recordings();
const policies = new LoadedPolicies();

self.onmessage = async ({ data }: MessageEvent<CellQuestion>) => {
  self.postMessage(await answerTo(data));
};

async function answerTo({ plan, place, record }: CellQuestion): Promise<CellAnswer> {
  try {
    return { cell: await runCell(plan, place, { recordings, policies, record }) };
  } catch (error) {
    const { code, message } = asSmarteyeError(error, "simulate");
    return { error: { code, message } };
  }
}
