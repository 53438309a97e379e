import assert from "node:assert/strict";
import { checkedDeclared } from "./declared.ts";

const MOST = { about: "frames", unit: "frames", default: 3, min: 1, max: 9, isWhole: true };

function declared(said: { parameters?: unknown; needs?: unknown; about?: unknown }) {
  const { parameters, needs, about } = said;
  return checkedDeclared({ name: "mine", parameters, needs, about });
}

Deno.test("a module need not say anything of its policy", () => {
  assert.deepEqual(declared({}), { name: "mine", about: "", parameters: {}, needs: [] });
});

Deno.test("what a module says rightly is taken over", () => {
  const parameters = { most: MOST, x1_y: { about: "", default: -0.5, min: -1, max: 0 } };
  assert.deepEqual(declared({ parameters, needs: ["difference", "difference"], about: "Mine." }), {
    name: "mine",
    about: "Mine.",
    parameters: { most: MOST, x1_y: { about: "", unit: "", default: -0.5, min: -1, max: 0 } },
    needs: ["difference"],
  });
});

Deno.test("what a module says wrongly is refused, with what and where", () => {
  const most = (said: object) => ({ parameters: { most: { ...MOST, ...said } } });
  const cases: [said: Parameters<typeof declared>[0], message: RegExp][] = [
    [{ about: 5 }, /^"about" is 5, one line of at most 200 characters is wanted$/],
    [{ about: "two\nlines" }, /^"about" is "two\\nlines", one line/],
    [{ about: "x".repeat(201) }, /one line of at most 200/],
    [{ needs: "difference" }, /^it exports "difference" as "needs", an array with any of "differ/],
    [
      { needs: ["pixels"] },
      /^it needs "pixels", an array with any of "difference", "motion" is wanted$/,
    ],
    [{ needs: null }, /^it exports null as "needs"/],
    [{ parameters: [] }, /^"parameters" is \[\], an object of parameters by name is wanted$/],
    [{ parameters: null }, /^"parameters" is null/],
    [
      { parameters: new Map([["most", MOST]]) },
      /^"parameters" is Map\(1\) .*, an object of parame/,
    ],
    [
      { parameters: { Most: MOST } },
      /^it exports the parameter "Most", a name of at most 64 lower/,
    ],
    [{ parameters: { "": MOST } }, /^it exports the parameter ""/],
    [{ parameters: { ["x".repeat(65)]: MOST } }, /^it exports the parameter "x+"/],
    [{ parameters: JSON.parse(`{"__proto__": {}}`) }, /^it exports the parameter "__proto__"/],
    [
      { parameters: { most: 3 } },
      /^its parameter "most" is 3, {about, unit, default, min, max} is w/,
    ],
    [
      most({ maximum: 3 }),
      /^its parameter "most" has "maximum", none but about, unit, default, min/,
    ],
    [most({ isWhole: 1 }), /^"isWhole" of its parameter "most" is 1, true or nothing is wanted$/],
    [most({ about: undefined }), /^"about" of its parameter "most" is undefined, one line/],
    [most({ unit: 7 }), /^"unit" of its parameter "most" is 7, one line/],
    [most({ default: "3" }), /^"default" of its parameter "most" is "3", a number is wanted$/],
    [most({ min: NaN }), /^"min" of its parameter "most" is NaN, a number is wanted$/],
    [most({ max: Infinity }), /^"max" of its parameter "most" is Infinity, a number is wanted$/],
    [most({ min: 10 }), /^"min" of its parameter "most" is 10, at most its "max" 9 is wanted$/],
    [most({ default: 0 }), /^"default" of .* is 0, a whole number from 1 to 9 is wanted$/],
    [most({ default: 2.5 }), /^"default" of .* is 2.5, a whole number from 1 to 9 is wanted$/],
    [
      { parameters: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, MOST])) },
      /^it exports 101 parameters, at most 100 are wanted$/,
    ],
  ];
  for (const [said, message] of cases) assert.throws(() => declared(said), { message });
});
