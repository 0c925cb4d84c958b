import assert from "node:assert/strict";
import { test } from "node:test";
import { DecodeError } from "../../src/errors.js";
import { DateTime, Decimal, dumps, loads, PlainDate, PlainTime, UUID } from "../../src/protocol/json.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

test("typed values are revived as the classes that keep their text", () => {
  const typed = /** @param {string} type @param {unknown} value */ (type, value) =>
    loads(JSON.stringify({ __type__: type, __value__: value }));
  assert.deepEqual(typed("datetime", "2026-01-02T03:04:05.123456"), new DateTime("2026-01-02T03:04:05.123456"));
  assert.equal(/** @type {Date} */ (typed("datetime", "2026-01-02T03:04:05")).getTime(), Date.UTC(2026, 0, 2, 3, 4, 5));
  assert.deepEqual(typed("date", "2026-01-02"), new PlainDate("2026-01-02"));
  assert.deepEqual(typed("date", "2026-01-02T03:04:05"), new PlainDate("2026-01-02"));
  assert.deepEqual(typed("time", "01:02:03.5"), new PlainTime("01:02:03.5"));
  assert.deepEqual(typed("decimal", "1.10"), new Decimal("1.10"));
  assert.deepEqual(
    typed("uuid", { hex: "12345678-1234-5678-1234-567812345678" }),
    new UUID("12345678123456781234567812345678"),
  );
  assert.deepEqual(typed("bytes", "ż"), Buffer.from("ż"));
  assert.deepEqual(typed("base64", "/wA="), Buffer.from([255, 0]));
});

test("nested typed values are revived at any depth", () => {
  const text = '{"a": [{"b": {"__type__": "uuid", "__value__": {"hex": "12345678123456781234567812345678"}}}]}';
  assert.equal(dumps(loads(text)), text);
});

test("an object with other keys than a typed value's is plain", () => {
  assert.deepEqual(loads('{"__type__": "date"}'), { __type__: "date" });
  assert.deepEqual(loads('{"__type__": "date", "__value__": 1, "x": 2}'), { __type__: "date", __value__: 1, x: 2 });
});

test("an unknown or unreadable typed value is refused", () => {
  for (const text of [
    '{"__type__": "complex", "__value__": 1}',
    '{"__type__": null, "__value__": 1}',
    '{"__type__": "toString", "__value__": 1}',
    '{"__type__": "date", "__value__": "tomorrow"}',
    '{"__type__": "uuid", "__value__": null}',
    '{"__type__": "bytes", "__value__": 7}',
  ]) {
    assert.throws(() => loads(text), DecodeError, text);
  }
});

test("Python's bare NaN and infinities are numbers", () => {
  const text = '{"NaN": [NaN, -Infinity, Infinity, "NaN, -Infinity", "\\\\\\" NaN"], "n": "Infinity"}';
  assert.deepEqual(loads(text), {
    NaN: [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, "NaN, -Infinity", '\\" NaN'],
    n: "Infinity",
  });
  assert.equal(dumps(loads(text)), text);
  assert.ok(Number.isNaN(loads("NaN")));
});

test("a text like the marker of NaN stays a text", () => {
  assert.deepEqual(loads('["\\u0000NaN", NaN, "\\u0000NaNN"]'), ["\u0000NaN", Number.NaN, "\u0000NaNN"]);
});

test("a text full of what looks like the marker of NaN is read soon", () => {
  const before = cpuMs();
  const text = `"\\u0000Na${"N".repeat(100_000)}"`;
  assert.deepEqual(loads(`[NaN, ${text}]`), [Number.NaN, JSON.parse(text)]);
  assert.ok(cpuMs() - before < SOON_MS);
});

test("a long typed value that is none is refused soon", () => {
  const before = cpuMs();
  const digits = "1".repeat(200_000);
  for (const [type, value] of [
    ["decimal", `${digits}x`],
    ["decimal", `${digits}.${digits}e`],
    ["time", `${digits}`],
  ]) {
    assert.throws(() => loads(JSON.stringify({ __type__: type, __value__: value })), DecodeError);
  }
  assert.ok(cpuMs() - before < SOON_MS);
});

test("invalid JSON is refused", () => {
  for (const text of ["", "{", "[1,]", "nan", "[NaN", '["NaN]', "undefined", "{NaN: 1}", "'a'"]) {
    assert.throws(() => loads(text), DecodeError, text);
  }
});

test("a __proto__ key is a member and changes no prototype", () => {
  const value = /** @type {Record<string, unknown>} */ (
    loads('{"__proto__": {"polluted": {"__type__": "date", "__value__": "2026-01-02"}}, "n": NaN}')
  );
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(value.polluted, undefined);
  assert.equal(/** @type {{ polluted?: unknown }} */ ({}).polluted, undefined);
  assert.deepEqual(Object.keys(value), ["__proto__", "n"]);
});

test("deep nesting of typed values does not exhaust the stack", () => {
  const text = `${"[".repeat(20_000)}{"__type__": "date", "__value__": "2026-01-02"}${"]".repeat(20_000)}`;
  assert.throws(() => loads(text), DecodeError);
});
