/** A Worker's main module: measures the points of the profiles that it is given. */

import { asSmarteyeError } from "../../core/errors.ts";
import { openNetwork } from "../network/network.ts";
import { readProfile } from "../profile/profile_files.ts";
import { Recording } from "../simulation/recording.ts";
import { type MeasuredPoint, measurePoints, type TuneSetting } from "./measured_point.ts";

/** What the Worker is asked. */
export interface MeasureQuestion {
  /** Directory of a profile. */
  readonly profile: string;
  /** At least one, as users name them. */
  readonly networks: readonly string[];
  /** That paths in `networks` are relative to. */
  readonly directory: string;
  /** What points are measured in. */
  readonly setting: TuneSetting;
  /** Frames that are played over each network. */
  readonly frames: number;
}

/** What it says: how far it is, then what it found or what went wrong. */
export type MeasureAnswer =
  | { readonly share: number }
  | { readonly points: readonly MeasuredPoint[] }
  | { readonly error: { readonly code: string; readonly message: string } };

const say = (answer: MeasureAnswer) => self.postMessage(answer);

self.onmessage = async ({ data }: MessageEvent<MeasureQuestion>) => {
  const { profile, directory, setting, frames } = data;
  try {
    const recording = new Recording(await readProfile(profile));
    const networks = [];
    for (const network of data.networks) networks.push(await openNetwork(network, directory));
    const progress = (share: number) => say({ share });
    say({ points: await measurePoints(recording, networks, setting, { frames, progress }) });
  } catch (error) {
    const { code, message } = asSmarteyeError(error, "measure operating points");
    say({ error: { code, message } });
  }
};
