import assert from "node:assert/strict";
import { test } from "node:test";
import { dumps } from "../../src/protocol/json.js";
import { pythonRepr, reprArgs, reprKwargs, saferepr } from "../../src/protocol/repr.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";
import { fixture } from "./fixtures.js";

/** @type {Array<{ as: "value" | "args" | "python", max?: number | null, value: unknown, repr: string }>} */
const cases = fixture("reprs");

for (const { as, max, value, repr } of cases) {
  test(`${as} ${dumps(value).slice(0, 60)} (max ${max ?? "none"}): Python's text`, () => {
    const limit = max ?? Number.POSITIVE_INFINITY;
    if (as === "python") assert.equal(pythonRepr(value), repr);
    else if (as === "args") assert.equal(reprArgs(/** @type {unknown[]} */ (value), limit), repr);
    else assert.equal(saferepr(value, limit), repr);
  });
}

test("a large text is cut soon, with its characters whole", () => {
  const before = cpuMs();
  const large = "😀".repeat(10_000_000);
  for (let n = 0; n < 10; n += 1) {
    const text = saferepr(large);
    assert.equal([...text].length, "''...".length + 1024, text.slice(0, 20));
    assert.doesNotMatch(text, /\p{Cs}/u);
  }
  assert.ok(cpuMs() - before < SOON_MS);
  assert.equal(saferepr("😀".repeat(600), 700), `'${"😀".repeat(600)}'`);
});

test("keyword arguments are printed as a dict", () => {
  assert.equal(reprKwargs({ x: 1, y: undefined, z: [null] }), "{'x': 1, 'z': [None]}");
});

test("values that only JavaScript has are printed too", () => {
  assert.equal(saferepr(undefined), "None");
  assert.equal(saferepr(10n), "10");
  assert.equal(
    saferepr(function named() {}),
    "<function named>",
  );
  assert.equal(saferepr(new Set([1, "a"])), "{1, 'a'}");
  assert.equal(saferepr(new Set()), "set()");
  assert.equal(saferepr(new Map([[1, { a: 2 }]])), "{1: {'a': 2}}");
  assert.equal(saferepr(new TypeError("it's")), 'TypeError("it\'s")');
  assert.equal(saferepr(new Date(Number.NaN)), "<Invalid Date>");
  assert.equal(saferepr({ toJSON: () => "text" }), "'text'");
  assert.equal(saferepr(new Float32Array([1, 2])), "[1, 2]");
});

test("a cycle ends", () => {
  /** @type {unknown[]} */
  const cycle = [1];
  cycle.push(cycle);
  assert.equal(saferepr(cycle), "[1, <Recursion on list>]");
});
