/** A browser, where there is one: pages are looked at as people see them. */

import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Where Debian has it. */
const CHROMIUM = Deno.env.get("SMARTEYE_TEST_CHROMIUM") ?? "/usr/bin/chromium";

/** It asks nobody for anything by itself. */
const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
  ...["--disable-component-update", "--no-first-run", "--disable-quic"],
];

/** A test that needs a browser; without one it says that it is skipped. */
export function testInBrowser(
  name: string,
  test: (t: Deno.TestContext, browser: Browser) => Promise<void>,
): void {
  const isThere = existsSync(CHROMIUM);
  if (!isThere) console.log(`skipped, there is no ${CHROMIUM}: ${name}`);
  Deno.test({
    name,
    ignore: !isThere,
    // The browser's own processes outlive a step.
    ...{ sanitizeOps: false, sanitizeResources: false },
    async fn(t) {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
      try {
        await test(t, browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** What pages of a context did that they should not: errors, and requests that leave `base`. */
export function complaintsOf(context: BrowserContext, base: string): readonly string[] {
  const complaints: string[] = [];
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !/^(blob|data):/.test(url)) {
      complaints.push(`a request to ${url}`);
    }
  });
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} (${message.page()?.url()})`);
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  return complaints;
}

/** What keeps people from using a page, by axe's rules, or some of them: what is serious or critical. */
export async function barriersOf(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  await page.evaluate(`globalThis.axe ??= (() => { ${axe.source}; return axe; })()`);
  const only = rules ? { runOnly: rules } : {};
  const { violations } = await page.evaluate(`axe.run(${JSON.stringify(only)})`) as axe.AxeResults;
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`
    );
}
