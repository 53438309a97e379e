import assert from "node:assert/strict";
import { attentionOf } from "./attention.ts";
import type { CloudView, EdgeView, ServerView } from "./view.ts";

/** A server of which a test says what matters. */
function server(name: string, said: Partial<ServerView> = {}, ejected_for_s?: number): ServerView {
  const calls = { total: 0, minute: 0, success: 0, failed: 0, refused: 0, ignored: 0 };
  return {
    ...{ name, state: "ready", detail: "", in_flight: 0, models: [], share: 1, seconds: [] },
    details: { since_s: 1, calls, ejections: 0, changes: [], ejected_for_s },
    ...said,
  };
}

const view = (said: Partial<CloudView>): CloudView => ({
  ...{ at: "", up_s: 1, servers: [server("s0")], edges: [], forgotten: 0 },
  states: { active: 0, silent: 0, gone: 0 },
  traffic: { requests_per_s: 0, ok: 0, refused: {}, failed: {}, seconds: [] },
  ...said,
});

const edge = (said: Partial<EdgeView>) =>
  ({ name: "gate", named: true, state: "active", addresses: ["a"], ...said }) as EdgeView;

Deno.test("what somebody should look at is told with its reason, the worst first", () => {
  const traffic = view({}).traffic;
  const cases: [said: Partial<CloudView>, told: string[]][] = [
    [{}, []],
    [{ servers: [] }, ["bad There are no inference servers."]],
    [{ servers: [server("a", { share: 0.5 })] }, []],
    [
      {
        servers: [
          server("a", { detail: "passed over for 10 s: it broke" }, 8),
          server("b", { state: "down", detail: "its connection broke" }),
          server("c", { state: "draining" }),
        ],
      },
      [
        "bad b is down: its connection broke",
        "warn a is passed over for 10 s: it broke",
        "warn c takes nothing new",
      ],
    ],
    [
      {
        traffic: {
          ...traffic,
          failed: { internal: 1, aborted: 2 },
          refused: { rate_limited: 3 },
        },
      },
      [
        "bad Requests failed in the last minute: 2 aborted, 1 internal.",
        "warn Requests were refused in the last minute: 3 rate limited.",
      ],
    ],
    [{ edges: [edge({ addresses: ["a", "b"] })] }, [
      "warn gate comes from 2 addresses: one edge that moves, or several that have the same name",
    ]],
    [{ edges: [edge({ addresses: ["a", "b"], state: "silent" }), edge({})] }, []],
    [{ forgotten: 3 }, ["warn 3 edges were forgotten: there are too many."]],
  ];
  for (const [said, wanted] of cases) {
    const { items, more } = attentionOf(view(said));
    const told = items.map(({ mood, about, text }) => [mood, about?.name, text].filter(Boolean));
    assert.deepEqual([told.map((words) => words.join(" ")), more], [wanted, 0]);
  }
});

Deno.test("so many things are told, and how many more there are", () => {
  const servers = Array.from({ length: 30 }, (_, n) => server(`s${n}`, { state: "down" }));
  const { items, more } = attentionOf(view({ servers }));
  assert.deepEqual([items.length, more], [8, 22]);
});
