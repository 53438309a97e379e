/** The table of settings, and what is read from it: the environment, config.ini, help. */

import assert from "node:assert/strict";
import { configure, NOTHING_GIVEN } from "../cli/config/configure.ts";
import { environmentName } from "../cli/config/environment.ts";
import { KNOWN_SECTIONS } from "../cli/config/named_sections.ts";
import { Problems } from "../cli/config/problems.ts";
import { scan } from "../cli/config/scan.ts";
import { ALL_SECTIONS, keyAt, type KeyPath, keysOf } from "../cli/config/settings.ts";
import { CONTROL_POLICIES, DISPATCH_POLICIES } from "../policies/registry.ts";
import { configured } from "./fakes/configured.ts";

Deno.test("an environment variable that is nearly a setting is noted, others are not", () => {
  const { notes, problems } = configured(undefined, {
    SMARTEYE_EDGE_SETTING_CONTRL_POLICY: "x",
    SMARTEYE_FORWARDER_SERVICE_HOST: "10.0.0.1",
    HOME: "/",
  });
  assert.deepEqual(problems.lines(), []);
  assert.deepEqual(notes, [{
    level: "warning",
    text: "the environment variable SMARTEYE_EDGE_SETTING_CONTRL_POLICY is no setting; " +
      "did you mean SMARTEYE_EDGE_SETTING_CONTROL_POLICY?",
  }]);
});

Deno.test("no two settings share an environment variable", () => {
  const names = ALL_SECTIONS.flatMap((section) =>
    keysOf(section).map((key) => environmentName([section, key] as KeyPath))
  );
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^[A-Z][A-Z0-9_]*(<N>)?$/.test(name)));
});

Deno.test("config.ini names every key of the table with its default, and no other", () => {
  const problems = new Problems();
  const { entries } = scan(Deno.readTextFileSync("config/config.ini"), "config.ini", problems);
  const stands = entries.map(({ section, key, text }) => `[${section}] ${key} = ${text}`);
  const wanted = ALL_SECTIONS.flatMap((section) =>
    keysOf(section).flatMap((name) => {
      const key = keyAt([section, name] as KeyPath);
      if (!("numbered" in key)) return [`[${section}] ${name} = ${key.default}`];
      const first = name === "url<N>" ? 0 : 1;
      const texts = key.default.length > 0 ? key.default : [""];
      return texts.map((text, n) =>
        `[${section}] ${name.replace("<N>", `${first + n}`)} = ${text}`
      );
    })
  );
  assert.deepEqual(problems.lines(), []);
  assert.deepEqual(stands.toSorted(), wanted.toSorted());
  const all = configure(
    NOTHING_GIVEN,
    { SMARTEYE_CONFIG: "config/config.ini" },
    Deno.cwd(),
  );
  assert.deepEqual(all.problems.lines(), []);
  assert.deepEqual(all.settings, configured(undefined).settings);
  for (const section of KNOWN_SECTIONS) {
    for (const key of keysOf(section)) assert.equal(all.items([section, key]).length, 1, section);
  }
});

Deno.test("every policy that comes with the program has one name and one way to be written", () => {
  const names = [CONTROL_POLICIES, DISPATCH_POLICIES].flatMap(Object.keys);
  assert.equal(new Set(names).size, names.length);
  const withParameters = Object.entries({ ...CONTROL_POLICIES, ...DISPATCH_POLICIES })
    .filter(([_, { parameters }]) => parameters && Object.keys(parameters).length > 0);
  assert.deepEqual(KNOWN_SECTIONS, withParameters.map(([name]) => `policy:${name}`));
  for (const [name, { parameters }] of withParameters) {
    assert.deepEqual(keysOf(`policy:${name}`), Object.keys(parameters!));
  }
});

Deno.test("every setting says in one line what it is for", () => {
  for (const section of ALL_SECTIONS) {
    for (const name of keysOf(section)) {
      const { about, kind } = keyAt([section, name] as KeyPath);
      assert.ok(about.length > 10 && about.length <= 100 && !about.includes("\n"), name);
      assert.ok(kind.description, `${section}.${name} says what is wanted`);
    }
  }
});
