/** `budgeted(p, BYTES_PER_S)`: p, whose offloads have to fit into a bandwidth. */

import type { LoadedPolicy } from "../loaded_policy.ts";
import type { CheckedAnswer } from "../offload/check.ts";
import { wireBytes } from "../offload/expected_accuracy.ts";
import type { Answer, ControlSnapshot, Decision } from "../offload/policy.ts";
import { fastestModel } from "../offload/rank.ts";
import { bucketIn, fits, refilled, spent } from "../offload/token_bucket.ts";
import { combined, type Turn, withoutState } from "./combined.ts";
import { withReason } from "./reason.ts";

/**
 * A policy that sends no more than so many bytes a second, by a token bucket. For a frame that does not
 * fit it is asked again as if the cloud were not available; one that decides for it all the same gets the
 * edge's fastest model, or the frame is filtered where the edge has none. A second look at a doubtful
 * result counts as if the frame were sent: whether it will be is not known.
 */
export function budgeted(
  policy: LoadedPolicy<ControlSnapshot>,
  bytesPerSec: number,
): LoadedPolicy<ControlSnapshot> {
  return combined({
    name: `budgeted(${policy.name}, ${bytesPerSec})`,
    about: `${policy.name}, which sends at most ${bytesPerSec} bytes a second`,
    policies: [policy],
    async decide({ snapshot, own, ask }) {
      const bucket = refilled(bucketIn(own), snapshot.frame.ptsMs, bytesPerSec);
      const asked = await ask(0);
      // Whatever is decided, nothing is sent.
      if (!snapshot.cloud.available) return { answer: withoutState(asked), own: bucket };
      const bytes = bytesOf(asked.decision, snapshot);
      if (bytes === 0) return { answer: certain(asked), own: bucket };
      if (fits(bucket, bytes, bytesPerSec)) {
        // Nothing that does not fit becomes an offload: this choice has no other way to be made.
        const isOnlyWay = asked.decision.place === "cloud";
        const answer = isOnlyWay ? withoutState(asked) : certain(asked);
        return { answer, own: spent(bucket, bytes) };
      }
      const why = `${bytes.toFixed(0)} bytes do not fit into ${bytesPerSec} a second`;
      const { propensity, ...instead } = await withoutCloud(ask, snapshot);
      const isCertain = asked.propensity === 1 && propensity === 1;
      const answer = { ...withReason(instead, why), ...(isCertain ? { propensity } : {}) };
      return { answer, own: bucket };
    },
  });
}

/** Bytes that a decision costs; 0 where nothing is sent. */
function bytesOf(decision: Decision, snapshot: ControlSnapshot): number {
  if (decision.place === "filter") return 0;
  const sent = decision.place === "local" ? decision.second : decision;
  return sent ? wireBytes(snapshot, sent) : 0;
}

async function withoutCloud(ask: Turn["ask"], { local }: ControlSnapshot): Promise<Answer> {
  const again = await ask(0, (told) => ({ ...told, cloud: { ...told.cloud, available: false } }));
  const { decision } = again;
  if (decision.place === "filter") return withoutState(again);
  if (decision.place === "local" && !decision.second) return withoutState(again);
  const model = fastestModel(local.models);
  const certainty = again.propensity === 1 ? { propensity: 1 } : {};
  if (!model) return { place: "filter", reason: "the edge has no model", ...certainty };
  return { place: "local", model: model.name, reason: "fastest model here", ...certainty };
}

/** An answer that other ones, which do not fit, may have become too: its propensity is known where it is 1. */
function certain(asked: CheckedAnswer): Answer {
  const { propensity, ...answer } = withoutState(asked);
  return propensity === 1 ? { ...answer, propensity } : answer;
}
