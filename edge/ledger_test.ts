import assert from "node:assert/strict";
import { FrameLedger, type Outcome } from "./ledger.ts";

Deno.test("frames are counted by outcome, and open until they have one", () => {
  const ledger = new FrameLedger();
  const outcomes: Outcome[] = ["local", "cloud", "filtered", "dropped", "failed", "local"];
  outcomes.forEach((_, i) => ledger.open(i + 1));
  assert.equal(ledger.pending, 6);
  outcomes.forEach((outcome, i) => ledger.settle(i + 1, outcome));
  assert.deepEqual(ledger.counts(), {
    captured: 6,
    local: 2,
    cloud: 1,
    filtered: 1,
    dropped: 1,
    failed: 1,
  });
  assert.equal(ledger.pending, 0);
});

Deno.test("a frame ends once, and only after it was captured", () => {
  const ledger = new FrameLedger();
  ledger.open(1);
  assert.throws(() => ledger.open(1), /frame 1 was captured twice/);
  assert.throws(() => ledger.settle(2, "local"), /frame 2/);
  ledger.settle(1, "local");
  assert.throws(() => ledger.settle(1, "dropped"), /frame 1 ended twice, now as dropped/);
  assert.deepEqual([ledger.counts().captured, ledger.counts().local], [1, 1]);
});

Deno.test("the counts of a moment stay as they were", () => {
  const ledger = new FrameLedger();
  const before = ledger.counts();
  ledger.open(1);
  assert.equal(before.captured, 0);
});
