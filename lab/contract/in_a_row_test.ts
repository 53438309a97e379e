import assert from "node:assert/strict";
import { checkState, checkTime, FRAMES_IN_A_ROW, type Row } from "./in_a_row.ts";

/** A run whose state has so many bytes at each frame. */
function row(bytes: (frame: number) => number, said: Partial<Row> = {}): Row {
  const stateBytes = Array.from({ length: FRAMES_IN_A_ROW }, (_, i) => Math.round(bytes(i + 1)));
  return { stateBytes, tookMs: [], failure: undefined, ...said };
}

Deno.test("a state that goes on growing is told from one that has its size", () => {
  const cases: [what: string, bytes: (frame: number) => number, outcome: string][] = [
    ["none", () => 0, "ok"],
    ["always as large", () => 60_000, "ok"],
    ["a window that fills", (frame) => 10 * Math.min(frame, 900), "ok"],
    ["a few choices, of which some are rare", (frame) => 1400 * (1 - 0.5 ** (frame / 350)), "ok"],
    ["a counter's digits", (frame) => 10 + String(frame).length, "ok"],
    ["up and down", (frame) => 1000 + 900 * Math.sin(frame / 10), "ok"],
    ["one number every ten frames", (frame) => frame * 0.4, "failed"],
    ["a number a frame", (frame) => frame * 5, "failed"],
    ["more and more", (frame) => frame * frame / 1000, "failed"],
  ];
  for (const [what, bytes, outcome] of cases) {
    assert.equal(checkState(row(bytes)).outcome, outcome, what);
  }
  assert.match(checkState(row((frame) => frame * 5)).found, /at about frame 13107,/);
});

Deno.test("time is a failure only where an edge would go on without the decision", () => {
  const taking = (...tookMs: number[]) => checkTime(row(() => 0, { tookMs }), 50);
  const cases: [tookMs: number[], outcome: string][] = [
    [[], "skipped"],
    [Array(1000).fill(0.1), "ok"],
    [[...Array(995).fill(0.1), ...Array(5).fill(400)], "ok"],
    [[...Array(980).fill(0.1), ...Array(20).fill(0.3)], "warning"],
    [[...Array(980).fill(0.1), ...Array(20).fill(51)], "failed"],
  ];
  for (const [tookMs, outcome] of cases) assert.equal(taking(...tookMs).outcome, outcome);
  assert.equal(taking(...Array(1000).fill(0.1)).found, "p50 0.100 ms, p99 0.100 ms a decision");
});
