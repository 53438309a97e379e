import assert from "node:assert/strict";
import { bucketIn, fits, refilled, spent } from "./token_bucket.ts";

Deno.test("a bucket begins full, fills with time and holds no more than a second", () => {
  const full = refilled(undefined, 500, 1000);
  assert.deepEqual(full, { bytes: 1000, ptsMs: 500 });
  const used = spent(full, 900);
  assert.deepEqual(refilled(used, 700, 1000), { bytes: 300, ptsMs: 700 });
  assert.deepEqual(refilled(used, 9000, 1000), { bytes: 1000, ptsMs: 9000 });
  assert.deepEqual(refilled(used, 100, 1000), { bytes: 100, ptsMs: 100 }, "the source begins anew");
});

Deno.test("what is larger than the bucket is sent when it is full, and paid off then", () => {
  const full = refilled(undefined, 0, 1000);
  assert.ok(fits(full, 2500, 1000));
  const owing = spent(full, 2500);
  assert.equal(owing.bytes, -1500);
  assert.ok(!fits(refilled(owing, 1400, 1000), 1, 1000));
  assert.ok(fits(refilled(owing, 1600, 1000), 50, 1000));
  assert.ok(!fits(refilled(owing, 1600, 1000), 2500, 1000));
});

Deno.test("over long, no more is sent than the rate and one bucket", () => {
  let bucket = refilled(undefined, 0, 1000);
  let sent = 0;
  for (let ptsMs = 0; ptsMs < 60_000; ptsMs += 40) {
    bucket = refilled(bucket, ptsMs, 1000);
    const bytes = 100 + (ptsMs * 7) % 600;
    if (!fits(bucket, bytes, 1000)) continue;
    bucket = spent(bucket, bytes);
    sent += bytes;
  }
  assert.ok(sent <= 61_000 && sent > 58_000, `${sent} bytes`);
});

Deno.test("what is no bucket is none", () => {
  for (const kept of [undefined, null, 1, {}, { bytes: 3 }]) {
    assert.equal(bucketIn(kept), undefined);
  }
  assert.deepEqual(bucketIn({ bytes: 3, ptsMs: 4 }), { bytes: 3, ptsMs: 4 });
});
