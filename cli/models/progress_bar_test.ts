import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { ProgressBar } from "./progress_bar.ts";

Deno.test("a bar, how much, how fast, how long still", () => {
  const clock = new FakeClock();
  const bar = new ProgressBar("yunet", clock);
  const at = (ms: number, bytes: number, total: number | undefined = 4e6) => {
    clock.jump(ms - clock.nowMs());
    return bar.line({ bytes, total });
  };
  // What an earlier pull left says nothing of the speed of this one.
  assert.equal(at(0, 1e6), `yunet ${"█".repeat(6)}${"░".repeat(18)}  25%  1.00 MB of 4.00 MB`);
  assert.equal(
    at(1000, 2e6),
    `yunet ${"█".repeat(12)}${"░".repeat(12)}  50%  2.00 MB of 4.00 MB  1.00 MB/s  2s left`,
  );
  assert.match(at(9000, 2e6), /50% .* 0 B\/s$/, "a stall is seen, and has no end");
  assert.match(at(9500, 4e6), /^yunet █{24} 100% .* 0s left$/);
});

Deno.test("without a known end there is no bar", () => {
  const clock = new FakeClock();
  const bar = new ProgressBar("mine", clock);
  assert.equal(bar.line({ bytes: 10, total: undefined }), "mine  10 B");
  clock.jump(2000);
  assert.equal(bar.line({ bytes: 20_010, total: undefined }), "mine  20.0 kB  10.0 kB/s");
});
