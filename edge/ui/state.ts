/** All that pages tell of an edge at a moment: one JSON object, the same for everybody. */

import type { Clock } from "../../core/clock.ts";
import { rounded } from "../../core/number.ts";
import { redact } from "../../core/redact.ts";
import type { FrameCounts } from "../ledger.ts";
import type { EdgeNode } from "../node.ts";
import type { LiveSource } from "./live_source.ts";
import type { CloudState, SourceState, UiState, ZoneState } from "./told.ts";

/** Of a source that was never read. */
const NO_FRAMES: FrameCounts = {
  ...{ captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 },
};

/** The state at this moment. */
export function stateOf(
  sources: readonly LiveSource[],
  node: EdgeNode | undefined,
  clock: Clock,
): UiState {
  const names = (models: readonly { readonly name: string }[] = []) =>
    models.map(({ name }) => name);
  return {
    at: new Date(clock.epochMs()).toISOString(),
    cloud: node ? cloudState(node) : null,
    models: { local: names(node?.local.models), cloud: names(node?.cloud.models) },
    sources: sources.map(sourceState),
  };
}

function cloudState({ cloud, breaker, localTasks, offloads }: EdgeNode): CloudState {
  return {
    url: redact(cloud.description),
    answers: cloud.answers,
    breaker: breaker.state,
    why: redact(breaker.why),
    uplinkBytesPerSec: cloud.uplinkBytesPerSec ?? null,
    roundTripMs: cloud.roundTripMs ?? null,
    underWay: { local: localTasks.running, cloud: offloads.running },
  };
}

/** The state of one source. */
export function sourceState(source: LiveSource): SourceState {
  const { name, options, doing, begun, gauges: { rates }, latency, filter, recent, sink } = source;
  const run = begun?.run;
  return {
    name,
    input: redact(begun?.source.description ?? options.source),
    doing: { state: doing.state, why: redact(doing.why) },
    frames: run?.ledger.counts() ?? NO_FRAMES,
    rates: {
      frames: rounded(rates.frames, 2),
      up: Math.round(rates.up),
      down: Math.round(rates.down),
    },
    latencyMs: latency,
    waiting: run?.waiting ?? { local: 0, cloud: 0 },
    tracks: run?.scene.tracks ?? 0,
    events: source.events.opened,
    policy: run?.decides.policy ?? "",
    model: run?.decides.model ?? null,
    filter,
    zones: zoneStates(source),
    recent: recent.map((one) => ({ ...one, reason: redact(one.reason) })),
    shown: sink.counts,
  };
}

function zoneStates({ begun, options }: LiveSource): readonly ZoneState[] {
  const scene = begun?.run.scene;
  const occupancy = scene?.occupancy() ?? {};
  const lines = scene?.totals().lines ?? {};
  return (begun?.run.zones ?? options.zones).map(({ name, shape, classes, dwellMs, anchor }) => ({
    ...{ name, kind: shape.kind, classes, dwellS: dwellMs / 1000, anchor },
    points: shape.kind === "line" ? [shape.from, shape.to] : shape.points,
    ...(shape.kind === "line"
      ? { crossed: lines[name] ?? { in: 0, out: 0 } }
      : { occupancy: occupancy[name] ?? 0 }),
  }));
}
