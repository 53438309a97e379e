import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { isSmarteyeError } from "../../core/errors.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import type { Log } from "../../core/log.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { Clients, digestOf } from "./clients.ts";

const entry = (name: string, token: string, more = "") =>
  `  - {name: ${name}, sha256: ${digestOf(token)}${more}}\n`;
const bearer = (token: string) => ({ peer: "192.0.2.1", authorization: `Bearer ${token}` });

function isUnknown(clients: Clients, authorization: string | null): boolean {
  try {
    clients.by({ peer: "192.0.2.1", authorization });
    return false;
  } catch (error) {
    assert.ok(isSmarteyeError(error, "unauthenticated"));
    assert.ok(!error.message.includes("hunter2"), "no token is told");
    return true;
  }
}

Deno.test("who has a token of the file is known by its name, nobody else is", async () => {
  await using folder = new Folder();
  const tokens = folder.write("tokens.yaml", `tokens:\n${entry("gate", "hunter2")}`);
  const clients = await Clients.read({ tokens, inFlightMax: undefined }, new FakeClock());
  assert.equal(clients.by(bearer("hunter2")).grant.name, "gate");
  assert.equal(
    clients.byToken("hunter2"),
    clients.by({ peer: "", authorization: "bearer  hunter2 " }),
  );
  for (
    const wrong of [null, "", "Bearer", "Bearer hunter2 x", "Basic hunter2", "Bearer hunter22"]
  ) {
    assert.ok(isUnknown(clients, wrong), `${wrong}`);
  }
  assert.throws(() => clients.assertManages("Bearer hunter2"), /gate does not manage/);
  clients.close();
});

Deno.test("without a file anybody may ask, each address for itself", () => {
  const clients = Clients.open(new FakeClock(), 1);
  const one = clients.by({ peer: "192.0.2.1", authorization: null });
  const end = one.take();
  assert.throws(() => clients.by(bearer("any")).take(), /1 others of 192\.0\.2\.1 are under way/);
  clients.by({ peer: "192.0.2.2", authorization: null }).take()();
  end();
  clients.by(bearer("any")).take()();
  clients.assertManages(null);
});

Deno.test("a file that changes counts at once; one that is not usable changes nothing, and is told", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const tokens = folder.write(
    "tokens.yaml",
    `tokens:\n${entry("gate", "old")}${entry("yard", "stays")}`,
  );
  const errors: string[] = [];
  const silent = () => {};
  const log: Log = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (_, said) => void errors.push(`${said?.found}`),
  };
  const clients = await Clients.read({ tokens, inFlightMax: 3 }, clock, log);
  const yard = clients.by(bearer("stays"));
  // Reading takes as long as it takes; what is wrong is to be told once, however often it is read.
  const looked = async (hasSeen: () => boolean) => {
    for (let turn = 0; turn < 10 || !hasSeen(); turn++) {
      assert.ok(turn < 1000, "it does not see what changed");
      await clock.until(clock.sleep(2500));
      await Deno.readTextFile(tokens);
    }
  };
  folder.write("tokens.yaml", "tokens: nonsense");
  await looked(() => errors.length > 0);
  assert.equal(clients.by(bearer("old")).grant.name, "gate");
  assert.equal(errors.length, 1, "once");
  assert.match(errors[0]!, /tokens\.yaml: line 1: tokens: /);
  folder.write(
    "tokens.yaml",
    `tokens:\n${entry("gate", "new")}${entry("yard", "stays", ", in_flight: 9")}`,
  );
  await looked(() => isUnknown(clients, "Bearer old"));
  assert.ok(isUnknown(clients, "Bearer old"), "revoked");
  assert.equal(clients.by(bearer("new")).grant.name, "gate");
  assert.equal(clients.by(bearer("stays")), yard, "what it has under way is still known");
  assert.deepEqual([yard.grant.inFlightMax, clients.by(bearer("new")).grant.inFlightMax], [9, 3]);
  clients.close();
});

Deno.test("a file that is missing is said at once", async () => {
  const reading = Clients.read({ tokens: "/nowhere/tokens.yaml", inFlightMax: 1 }, new FakeClock());
  assert.match(await refused(reading, "invalid_argument"), /nowhere\/tokens\.yaml: /);
});
