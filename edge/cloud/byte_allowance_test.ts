import assert from "node:assert/strict";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { pickIndex, type Rng, seededRng } from "../../core/rng.ts";
import {
  type AllowancePeriod,
  ByteAllowance,
  type Claims,
  periodOf,
  type Reservation,
} from "./byte_allowance.ts";

/** Claims that several share, as in a file; each addition takes a while and may fail. */
class FakeClaims implements Claims {
  readonly claimed = new Map<string, number>();
  readonly writtenAtMs: number[] = [];
  fails = false;

  constructor(private readonly clock: FakeClock, private readonly tookMs: () => number = () => 0) {}

  async add(period: string, bytes: number): Promise<number> {
    await this.clock.sleep(this.tookMs());
    if (this.fails) throw new Error("the disk is full");
    if (bytes !== 0) this.writtenAtMs.push(this.clock.nowMs());
    const claimed = (this.claimed.get(period) ?? 0) + bytes;
    this.claimed.set(period, claimed);
    await this.clock.sleep(this.tookMs());
    return this.claimed.get(period)!;
  }

  /** Of all periods. */
  get all(): number {
    return [...this.claimed.values()].reduce((sum, bytes) => sum + bytes, 0);
  }
}

const START = Date.UTC(2026, 11, 31, 22, 30, 15);

function opened(bytesMax: number, period: AllowancePeriod = "hour", tookMs = 0) {
  const told: string[] = [];
  const clock = new FakeClock(START);
  const claims = new FakeClaims(clock, () => tookMs);
  const open = () =>
    new ByteAllowance({ bytesMax, period }, claims, clock, { usedUp: (why) => told.push(why) });
  return { clock, claims, open, told };
}

Deno.test("a period is one of the calendar, and says when the next begins", () => {
  const cases: [period: AllowancePeriod, name: string, nextAtMs: number][] = [
    ["hour", "2026-12-31T22", Date.UTC(2026, 11, 31, 23)],
    ["day", "2026-12-31", Date.UTC(2027, 0, 1)],
    ["month", "2026-12", Date.UTC(2027, 0, 1)],
  ];
  for (const [period, name, nextAtMs] of cases) {
    assert.deepEqual(periodOf(START, period), { name, nextAtMs });
    assert.notEqual(periodOf(nextAtMs, period).name, name);
    assert.equal(periodOf(nextAtMs - 1, period).name, name);
  }
});

Deno.test("what does not fit is not reserved, and nothing smaller either, until the next period", async () => {
  const { clock, open, told } = opened(1_000_000);
  const allowance = open();
  const first = await clock.until(allowance.reserve(700_000));
  first!.settle(650_000);
  assert.deepEqual([allowance.usedBytes, allowance.why], [650_000, ""]);
  assert.equal(await clock.until(allowance.reserve(400_000)), undefined);
  const why = "its allowance of 1 MB each hour is used up until 2026-12-31T23:00Z";
  assert.deepEqual([allowance.why, told], [why, [why]]);
  assert.equal(await clock.until(allowance.reserve(1000)), undefined, "the rest is not nibbled at");
  assert.equal(told.length, 1, "it is told once");
  clock.jump(30 * 60_000);
  assert.deepEqual([allowance.why, allowance.usedBytes], ["", 0]);
  assert.ok(await clock.until(allowance.reserve(400_000)));
});

Deno.test("what was reserved and not used is there again", async () => {
  const { clock, open } = opened(1_000_000);
  const allowance = open();
  const held = (await clock.until(allowance.reserve(800_000)))!;
  assert.equal(await clock.until(allowance.reserve(300_000)), undefined);
  assert.equal(allowance.why, "", "it is reserved, not used up");
  held.settle(100_000);
  assert.ok(await clock.until(allowance.reserve(300_000)));
  assert.throws(() => held.settle(1), /settled twice/);
});

Deno.test("a restart goes on where it stopped; a crash loses what was claimed, no more", async () => {
  for (const how of ["closed", "crashed"]) {
    const { clock, claims, open } = opened(1_000_000);
    const before = open();
    (await clock.until(before.reserve(30_000)))!.settle(20_000);
    if (how === "closed") await clock.until(before.close());
    assert.equal(claims.all, how === "closed" ? 20_000 : 100_000);
    const after = open();
    const fits = how === "closed" ? 980_000 : 900_000;
    assert.equal(await clock.until(open().reserve(fits + 1)), undefined, how);
    assert.ok(await clock.until(after.reserve(fits)), how);
  }
});

Deno.test("where claims cannot be kept nothing is reserved, and it goes on when they can", async () => {
  const { clock, claims, open, told } = opened(1_000_000);
  const allowance = open();
  claims.fails = true;
  assert.equal(await clock.until(allowance.reserve(1000)), undefined);
  assert.match(allowance.why, /^its byte allowance cannot be kept, the disk is full$/);
  assert.equal(told.length, 1);
  claims.fails = false;
  assert.ok(await clock.until(allowance.reserve(1000)));
  assert.equal(allowance.why, "");
});

Deno.test("claims grow with what is used: the disk is written to about once a second", async () => {
  const { clock, claims, open } = opened(1_000_000_000, "month");
  const allowance = open();
  for (let frame = 0; frame < 6000; frame++) { // a minute of 5 MB/s
    (await clock.until(allowance.reserve(130_000)))!.settle(50_000);
    clock.jump(10);
  }
  assert.ok(claims.writtenAtMs.length < 120, `${claims.writtenAtMs.length} in a minute`);
  assert.ok(claims.all - allowance.usedBytes < 64 * 250_000, "and not much more is claimed");
});

Deno.test("of two who claim at the same time one is too late, and takes its claim back", async () => {
  const { clock, claims, open } = opened(150_000, "day", 10);
  const both = [open(), open()].map((allowance) => allowance.reserve(100_000));
  const reserved = await clock.until(Promise.all(both));
  assert.ok(reserved.filter((one) => one !== undefined).length <= 1);
  assert.ok(claims.all <= 150_000, `${claims.all} are claimed`);
});

interface User {
  allowance: ByteAllowance;
  readonly held: Reservation[];
}

/** One of several processes uses the link, and may crash at any time. */
async function use(user: User, rng: Rng, clock: FakeClock, used: (bytes: number) => void) {
  for (let step = 0; step < 40; step++) {
    await clock.sleep(pickIndex(rng, 300));
    const { allowance } = user;
    const bytes = 1000 + pickIndex(rng, 150_000);
    const reservation = await allowance.reserve(bytes);
    if (allowance !== user.allowance) { // it has crashed meanwhile
      continue;
    }
    if (!reservation) continue;
    if (rng() < 0.2) reservation.extend(pickIndex(rng, 50_000));
    user.held.push(reservation);
    if (rng() < 0.7) {
      const [ending] = user.held.splice(pickIndex(rng, user.held.length), 1);
      const share = pickIndex(rng, ending!.bytes + 1);
      used(share);
      ending!.settle(share);
    }
  }
}

Deno.test("simulation: whatever the order of reserve, settle and crash, it is never passed", async () => {
  let most = 0;
  let isBarred = 0;
  for (let seed = 0; seed < 150; seed++) {
    const rng = seededRng(seed);
    const clock = new FakeClock(START);
    const claims = new FakeClaims(clock, () => pickIndex(rng, 20));
    const bytesMax = 200_000 + pickIndex(rng, 4_000_000);
    const open = () => new ByteAllowance({ bytesMax, period: "day" }, claims, clock);
    let usedBytes = 0;
    const users: User[] = Array.from({ length: 1 + pickIndex(rng, 3) }, () => (
      { allowance: open(), held: [] }
    ));
    const crash = async (user: User) => {
      for (let crashes = pickIndex(rng, 4); crashes > 0; crashes--) {
        await clock.sleep(pickIndex(rng, 4000));
        for (const { bytes } of user.held.splice(0)) usedBytes += bytes; // it was all under way
        if (rng() < 0.5) await user.allowance.close();
        user.allowance = open();
      }
    };
    const check = () => {
      const under = users.flatMap(({ held }) => held).reduce((sum, { bytes }) => sum + bytes, 0);
      assert.ok(usedBytes + under <= bytesMax, `seed ${seed}: ${usedBytes + under} of ${bytesMax}`);
      most = Math.max(most, (usedBytes + under) / bytesMax);
    };
    const checking = users.map((user) =>
      use(user, rng, clock, (bytes) => {
        usedBytes += bytes;
        check();
      })
    );
    await clock.until(Promise.all([...checking, ...users.map(crash)]));
    check();
    for (const { allowance } of users) if (allowance.why !== "") isBarred++;
    await idle();
  }
  assert.ok(most > 0.95, `at most ${most} of an allowance were used: it tells nothing`);
  assert.ok(isBarred > 50, `${isBarred} came to the end`);
});
