import assert from "node:assert/strict";
import { test } from "node:test";
import { globPattern } from "../../src/protocol/glob.js";
import { boundQueues, encodeBinding } from "../../src/transport/redis/bindings.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

/** As Python's fnmatch.fnmatchcase answers. @type {ReadonlyArray<[glob: string, text: string, matches: boolean]>} */
const MATCHES = [
  ["celery@*", "celery@host", true],
  ["*@host", "celery@host", true],
  ["c*@h*t", "celery@host", true],
  ["*e*e*@*", "celery@host", true],
  ["*e*e*e*@*", "celery@host", false],
  ["a*bc", "abcbc", true],
  ["a*bc", "abcb", false],
  ["**", "", true],
  ["?", "a", true],
  ["?", "", false],
  ["*?1*2*", "x112", true],
  ["[!^]", "^", false],
  ["[^a]", "^", true],
  ["[a-c]1*", "b12", true],
  ["[", "[", true],
  ["a*a", "a", false],
  ["\\*", "\\x", true],
  ["a\0*", "a\0b", true],
];

test("a glob matches as in Python's fnmatch", () => {
  for (const [glob, text, matches] of MATCHES) assert.equal(globPattern(glob).test(text), matches, `${glob} ${text}`);
});

test("a glob does not backtrack", () => {
  const before = cpuMs();
  assert.equal(globPattern("*?".repeat(100)).test("x".repeat(10_000)), true);
  assert.equal(globPattern(`${"*a".repeat(100)}b`).test("a".repeat(10_000)), false);
  assert.ok(cpuMs() - before < SOON_MS);
});

/** @param {string} routingKey the binding's @param {string} key the message's */
const binds = (routingKey, key) =>
  boundQueues([encodeBinding({ routingKey, pattern: "a topic", queue: "q" })], key).length === 1;

test("a topic matches as kombu's", () => {
  for (const key of ["a.b.c", "a..c", "a.x.y.c"]) assert.equal(binds("a.#.c", key), true, key);
  for (const key of ["a.c", "b.b.c", "a.b.d"]) assert.equal(binds("a.#.c", key), false, key);
  assert.deepEqual(
    [binds("#", "any.thing"), binds("a.*", "a.b"), binds("a.*", "a.b.c"), binds("*.a", ".a")],
    [...[true, true, false, false]],
  );
  assert.equal(binds("#.b.#.*.c", "a.b.x.b.y.c"), true);
});

test("a topic does not backtrack", () => {
  const before = cpuMs();
  assert.equal(binds(`${"#.".repeat(60)}!`, "x.".repeat(2_000)), false);
  assert.ok(cpuMs() - before < SOON_MS);
});
