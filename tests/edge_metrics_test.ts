/** Metrics of a real edge, scraped while it runs, by friends and by strangers. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import type { Summary } from "../edge/statistics.ts";
import { testWhere } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { readScrape, valueOf } from "./fakes/scrape.ts";

/** An edge over some seconds of a street, and where it tells its metrics. */
async function edge(folder: Folder, frames: number): Promise<[Program, port: number]> {
  const program = new Program([
    ...["edge", "-f", `synthetic:?width=160&height=120&frames=${frames}`, "-i", "10"],
    ...["--policy", "always_local_fastest_model", "--no-images"],
    ...["--out", folder.file("run"), "--metrics", "0", "--json"],
  ]);
  const [, port] = await program.tells(/metrics at http:\/\/127\.0\.0\.1:(\d+)\/metrics/);
  return [program, Number(port)];
}

const textOf = async (port: number) =>
  await (await fetch(`http://127.0.0.1:${port}/metrics`, {
    signal: AbortSignal.timeout(30_000),
  })).text();

/** Scrapes until so many frames were captured. */
async function captured(port: number, wanted: number) {
  for (const end = Date.now() + 60_000; Date.now() < end; await systemClock.sleep(50)) {
    const scrape = readScrape(await textOf(port));
    if (scrape.get("smarteye_edge_captured_frames_total")?.samples.length === 0) continue;
    if (valueOf(scrape, "smarteye_edge_captured_frames_total") >= wanted) return scrape;
  }
  throw new Error(`there were never ${wanted} frames`);
}

async function endedWell(program: Program, frames: number): Promise<void> {
  const { code, stdout, stderr } = await program.ran();
  assert.equal(code, 0, stderr);
  const summary: Summary = JSON.parse(stdout);
  assert.deepEqual([summary.frames.captured, summary.frames.local], [frames, frames]);
}

Deno.test("what a scrape during a run tells adds up, grows, and comes to the run's ledger", async () => {
  await using folder = new Folder();
  const [program, port] = await edge(folder, 300);
  await using _program = program;
  let before = 0;
  for (const wanted of [1, 100, 200, 290]) {
    const scrape = await captured(port, wanted);
    const told = (name: string, labels = {}) => valueOf(scrape, `smarteye_edge_${name}`, labels);
    const ended = told("frames_total");
    assert.equal(ended + told("open_frames"), told("captured_frames_total"));
    assert.equal(told("latency_seconds", { place: "local" }), ended);
    assert.ok(ended >= before && told("captured_frames_total") <= 300);
    assert.equal(told("source_state"), 1, "one state");
    assert.ok(wanted === 1 || told("newest_result_age_seconds") < 5);
    before = ended;
  }
  assert.ok(before > 250, `${before} frames in the last scrape`);
  await endedWell(program, 300);
});

Deno.test("strangers at the metrics' port disturb neither the run nor a scrape", async () => {
  await using folder = new Folder();
  const [program, port] = await edge(folder, 500);
  await using _program = program;
  await captured(port, 1);
  const open: Deno.TcpConn[] = [];
  const encoder = new TextEncoder();
  const ask = async (text: string) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    open.push(connection);
    await connection.write(encoder.encode(text)).catch(() => {});
  };
  for (let i = 0; i < 200; i++) await ask(i % 2 === 0 ? "" : "GET /metrics HTTP/1.1\r\nHost");
  const head = "HTTP/1.1\r\nHost: a\r\n";
  await ask(`GET /${"x".repeat(1 << 20)} ${head}\r\n`);
  await ask(`POST /metrics ${head}Content-Length: 1000000000\r\n\r\n${"x".repeat(100_000)}`);
  await ask(`POST /metrics ${head}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n`);
  await ask("\x16\x03\x01\x02\x00 no TLS here\r\n\r\n");
  const base = `http://127.0.0.1:${port}`;
  const many = Array.from({ length: 200 }, async (_, i) => {
    const method = i % 2 === 0 ? "GET" : "POST";
    const answer = await fetch(`${base}/metrics?${i}`, { method });
    await answer.body?.cancel();
    return answer.status;
  });
  assert.deepEqual([...new Set(await Promise.all(many))].sort(), [200, 405]);
  await captured(port, 1);
  await endedWell(program, 500);
  for (const connection of open) connection.close();
});

Deno.test("a port that is taken is said before any source is opened", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await using folder = new Folder();
  await using program = new Program([
    ...["edge", "-f", "rtsp://127.0.0.1:9/nobody", "--out", folder.file("run")],
    ...["--metrics", `${port}`],
  ]);
  const { code, stderr } = await program.ran();
  assert.equal(code, 1, stderr);
  assert.match(stderr, new RegExp(`^error: Cannot listen on 127\\.0\\.0\\.1:${port}: `, "m"));
  assert.match(stderr, /a free one is wanted \(--metrics \[HOST:\]PORT\)/);
  assert.doesNotMatch(stderr, /rtsp/);
  assert.deepEqual(folder.names(), []);
});

// A program that is not there is thrown at once.
const promtool = await Promise.try(() =>
  new Deno.Command("promtool", { args: ["--version"] }).output()
).then(({ success }) => success, () => false);

testWhere(
  "promtool is installed",
  promtool,
  "Prometheus's own tool finds nothing amiss",
  async () => {
    await using folder = new Folder();
    const [program, port] = await edge(folder, 200);
    await using _program = program;
    await captured(port, 50);
    const text = await textOf(port);
    const child = new Deno.Command("promtool", {
      args: ["check", "metrics"],
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const { success, stdout, stderr } = await child.output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.ok(success && said.trim() === "", said);
    await endedWell(program, 200);
  },
);
