/** The cloud page as a browser shows it, over a forwarder with its servers and the edges that talk to it. */

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Clock, OVER, systemClock } from "../core/clock.ts";
import { formatAddress } from "../core/address.ts";
import { seededRng } from "../core/rng.ts";
import { HttpTransport } from "../edge/cloud/http_exchange.ts";
import { OffloadClient } from "../edge/cloud/offload_client.ts";
import { startForwarder } from "../forwarder/role.ts";
import { JPEG, OPTIONS } from "./fakes/forwarder_world.ts";
import { startScriptedServer } from "./fakes/grpc_server.ts";
import { barriersOf, complaintsOf, overhangOf, testInBrowser, until } from "./rigs/browser.ts";

/** The machine's time, that can be put forward. */
class ShiftedClock implements Clock {
  #shiftMs = 0;
  nowMs = () => systemClock.nowMs() + this.#shiftMs;
  epochMs = () => systemClock.epochMs() + this.#shiftMs;
  sleep = systemClock.sleep;
  pass(ms: number): void {
    this.#shiftMs += ms;
  }
}

/** An edge's way to the cloud: sends a frame again and again, until it is told to stop. */
function edgeThatSends(name: string, source: string, url: string, everyMs: number) {
  const frames = { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  const access = { edge: { name, version: "1.2.3" } };
  const transport = new HttpTransport("http:", 2, systemClock, access);
  const client = new OffloadClient(url, 2, systemClock, transport, "", () => frames);
  const over = new AbortController();
  const sending = (async () => {
    while (!over.signal.aborted) {
      frames.captured++;
      const frame = { jpeg: JPEG, model: "m", service: "detection", source } as const;
      await client.offload({ ...frame, frame: frames.captured, deadlineMs: 2000 })
        .then(() => frames.cloud++, () => frames.failed++);
      await client.servers(2000).catch(() => {});
      await systemClock.sleep(everyMs, over.signal);
    }
  })();
  return {
    async stop() {
      over.abort(OVER);
      await sending;
      client.close();
    },
  };
}

/** A page of which every request elsewhere, and every error, is noted. */
async function watched(browser: Browser, base: string, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const wrong = complaintsOf(context, base);
  return { page: await context.newPage(), wrong };
}

const textOf = (page: Page, selector: string) => page.locator(selector).innerText();

/** A forwarder with its page, two servers, two edges, and a browser that looks. */
async function opened(browser: Browser, things: AsyncDisposableStack) {
  const clock = new ShiftedClock();
  const servers = [await startScriptedServer(), await startScriptedServer()] as const;
  for (const server of servers) things.defer(() => server.kill());
  const options = {
    ...{ ...OPTIONS, servers: servers.map(({ name }) => name), monitorIntervalMs: 1000 },
    ui: { listen: { host: "127.0.0.1", port: 0 } },
  };
  const forwarder = await startForwarder(options, { clock, rng: seededRng(1) });
  things.defer(() => forwarder.close());
  const base = `http://${formatAddress(forwarder.ui!)}`;
  const { page, wrong } = await watched(browser, base);
  await page.goto(base);
  const gate = edgeThatSends("gate", "door", forwarder.url, 50);
  const yard = edgeThatSends("yard", "drive", forwarder.url, 100);
  for (const edge of [gate, yard]) things.defer(() => edge.stop());
  const serverPage = `/servers/${encodeURIComponent(servers[0].name)}`;
  return { page, wrong, base, clock, yard, server: servers[0], serverPage };
}

/** Holds that a page is for everybody, however it is looked at. */
async function assertOpenToAll(browser: Browser, base: string, serverPage: string) {
  const context = await browser.newContext();
  const wrong = complaintsOf(context, base);
  const looks = [["/", 1280], [serverPage, 1280], ["/edges/gate", 390]] as const;
  await Promise.all(looks.map(async ([path, width]) => {
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width, height: 844 });
    await page.goto(base + path);
    assert.deepEqual(await barriersOf(page), [], path);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await barriersOf(page, ["color-contrast"]), [], `${path}, dark`);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(await overhangOf(page) <= 0, `${path} is too wide`);
  }));
  assert.deepEqual(wrong, []);
  await context.close();
}

testInBrowser(
  "people see servers and edges as they are, and what became of them",
  async (t, browser) => {
    await using things = new AsyncDisposableStack();
    const { page, wrong, base, clock, yard, server, serverPage } = await opened(browser, things);
    const rowOf = (name: string) => page.locator("tr", { hasText: name });

    await t.step("edges appear by their names, and numbers move", async () => {
      for (const name of ["gate", "yard"]) await rowOf(name).waitFor({ timeout: 5000 });
      assert.match(await textOf(page, "#live"), /2 of 2/);
      const before = await rowOf("gate").innerText();
      await until("another number", async () => await rowOf("gate").innerText() !== before);
      const row = /door[^]*active[^]*100\s%[^]*version 1\.2\.3/;
      await until("all that is known", async () => row.test(await rowOf("gate").innerText()));
    });

    await t.step("edges are found as they are typed, and what is focused stays", async () => {
      await page.locator("#edge").pressSequentially("YARD");
      await rowOf("gate").waitFor({ state: "detached", timeout: 5000 });
      assert.equal(await page.locator("#edge").inputValue(), "YARD");
      assert.equal(await page.evaluate("document.activeElement.id"), "edge");
      assert.equal(await rowOf("yard").count(), 1);
      await page.locator("#edge").fill("");
      await rowOf("gate").waitFor({ timeout: 5000 });
      await page.locator("th a", { hasText: "Frames a second" }).click();
      await page.locator("th[aria-sort=descending]", { hasText: "Frames a second" }).waitFor();
    });

    await t.step(
      "nothing keeps people out, in light and in dark, on a desk and on a phone",
      () => assertOpenToAll(browser, base, serverPage),
    );

    await t.step(
      "a server that is killed is seen to be, and why, within three seconds",
      async () => {
        const killedAtMs = systemClock.nowMs();
        server.kill();
        const item = page.locator(".attention li.bad", { hasText: server.name });
        await item.waitFor({ timeout: 5000 });
        const tookMs = systemClock.nowMs() - killedAtMs;
        assert.ok(tookMs < 3000, `${tookMs} ms`);
        assert.match(await item.innerText(), /is down: .{5,}/);
        assert.match(await textOf(page, "#live"), /1 of 2/);
        await page.goto(base + serverPage);
        assert.match(await textOf(page, "#live"), /What became of it[^]*down[^]*ready/);
      },
    );

    await t.step("an edge that stops is silent, also where no script runs", async () => {
      await yard.stop();
      clock.pass(11_000);
      for (const [name, state] of [["yard", "silent"], ["gate", "active"]]) {
        await page.goto(`${base}/edges/${name}`);
        await page.locator(`.state.${state}`).waitFor({ timeout: 5000 });
      }
      const { page: plain } = await watched(browser, base, { javaScriptEnabled: false });
      await plain.goto(base);
      assert.match(await plain.locator("tr", { hasText: "yard" }).innerText(), /silent/);
      assert.match(await plain.locator("tr", { hasText: "gate" }).innerText(), /active/);
    });
    assert.deepEqual(wrong, [], "no error, and nobody else is asked");
  },
);
