import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { EncodeError } from "../../src/errors.js";
import { Celery } from "../../src/index.js";
import { DateTime, Decimal, dumps, loads, MAX_DEPTH, PlainDate, PlainTime, UUID } from "../../src/protocol/json.js";
import { fixture } from "./fixtures.js";

/**
 * @param {unknown} value
 * @param {RegExp | string} message
 */
function refused(value, message, root = "result") {
  assert.throws(
    () => dumps(value, { root }),
    (error) => {
      assert.ok(error instanceof EncodeError);
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    },
  );
}

for (const { name, text } of /** @type {Array<{ name: string, text: string }>} */ (fixture("json-texts"))) {
  test(`kombu's text for ${name} is read and rewritten byte for byte`, () => {
    // JavaScript has one kind of number: integers beyond 2^53 and 1e+22 alike are written as String() does.
    assert.equal(dumps(loads(text)), text);
  });
}

test("an undefined member is left out, any other undefined is null", () => {
  assert.equal(dumps({ a: undefined, b: 1, c: undefined }), '{"b": 1}');
  assert.equal(dumps({ a: undefined }), "{}");
  assert.equal(dumps([undefined, 1]), "[null, 1]");
  assert.equal(dumps(undefined), "null");
});

test("an array with holes is written with nulls", () => {
  assert.equal(dumps(new Array(2)), "[null, null]");
});

test("toJSON is honoured", () => {
  assert.equal(dumps({ a: { toJSON: () => ({ b: [1] }) } }), '{"a": {"b": [1]}}');
  assert.equal(dumps({ toJSON: () => new PlainDate("2026-01-02") }), dumps(new PlainDate("2026-01-02")));
  const self = {
    a: 1,
    toJSON() {
      return this;
    },
    hidden: undefined,
  };
  refused(self, "result.toJSON is a function, which JSON cannot represent; return plain data");
  class Point {
    x = 1;
    toJSON() {
      return this;
    }
  }
  assert.equal(dumps(new Point()), '{"x": 1}');
});

test("an instance of a class is written by its own members", () => {
  class Point {
    x = 1;
    y = new Decimal("2.50");
  }
  assert.equal(dumps(new Point()), '{"x": 1, "y": {"__type__": "decimal", "__value__": "2.50"}}');
  assert.equal(dumps(Object.assign(Object.create(null), { a: 1 })), '{"a": 1}');
});

test("an AsyncResult is refused", () => {
  const app = new Celery("results", { brokerUrl: "redis://127.0.0.1:1/0", resultBackend: "redis://127.0.0.1:1/0" });
  refused(
    [app.AsyncResult("a")],
    "args[0] is an AsyncResult: its id or asTuple() is plain data; pass plain data",
    "args",
  );
  refused(app.GroupResult("g", []), /is a GroupResult/);
});

test("typed arrays are lists, boxed primitives are unboxed", () => {
  assert.equal(dumps(new Float64Array([1, 0.5, Number.NaN])), "[1, 0.5, NaN]");
  assert.equal(dumps([Object(1), Object("a"), Object(true)]), '[1, "a", true]');
  refused(new BigInt64Array(1), "result[0] is a BigInt, which JSON cannot represent; return plain data");
});

test("a Date is kombu's datetime, in UTC", () => {
  const date = Date.UTC(2026, 10, 22, 10, 11, 12);
  assert.equal(dumps(new Date(date)), '{"__type__": "datetime", "__value__": "2026-11-22T10:11:12+00:00"}');
  assert.equal(dumps(new Date(date + 7)), '{"__type__": "datetime", "__value__": "2026-11-22T10:11:12.007000+00:00"}');
  assert.equal(dumps(vm.runInNewContext("new Date(0)")), dumps(new Date(0)));
  refused({ at: new Date(Number.NaN) }, "result.at is an invalid Date; return plain data");
  refused(new Date(8.64e15), /^result is a Date outside of the years 1 to 9999/);
});

test("bytes are text where they are UTF-8, else base64", () => {
  assert.equal(dumps(Buffer.from("ż")), '{"__type__": "bytes", "__value__": "\\u017c"}');
  assert.equal(dumps(new Uint8Array([255, 1, 2]).subarray(0, 1)), '{"__type__": "base64", "__value__": "/w=="}');
});

test("the typed classes take what Python writes and nothing else", () => {
  assert.equal(String(new Decimal(1.5)), "1.5");
  assert.equal(JSON.stringify(new UUID("12345678123456781234567812345678")), '"12345678-1234-5678-1234-567812345678"');
  assert.throws(() => new PlainDate("2026-02-30"), RangeError);
  assert.throws(() => new PlainTime("24:00"), RangeError);
  assert.throws(() => new Decimal("1,5"), RangeError);
  assert.throws(() => new UUID("1234"), RangeError);
  assert.throws(() => new DateTime("soon"), RangeError);
});

test("a DateTime keeps its text until it is moved", () => {
  const moment = new DateTime("2026-11-22T10:11:12.123456+05:30");
  assert.equal(moment.toISOString(), "2026-11-22T04:41:12.123Z");
  assert.equal(moment.isoFormat(), "2026-11-22T10:11:12.123456+05:30");
  assert.equal(new DateTime(moment).isoFormat(), moment.isoFormat());
  moment.setUTCFullYear(2027);
  assert.equal(moment.isoFormat(), "2027-11-22T04:41:12.123000+00:00");
});

test("a value that JSON cannot hold is refused with its path", () => {
  refused(
    { items: [0, 1, 2, { callback() {} }] },
    "result.items[3].callback is a function, which JSON cannot represent; return plain data",
  );
  refused([1n], "args[0] is a BigInt, which JSON cannot represent; pass plain data", "args");
  refused({ "a b": Symbol("x") }, 'result["a b"] is a symbol, which JSON cannot represent; return plain data');
  refused(new Map(), "result is a Map, which JSON cannot represent; return plain data");
  refused({ toJSON: () => ({ deep: [new Set()] }) }, /^result\.deep\[0\] is a Set/);
  for (const value of [
    new Error("x"),
    Promise.resolve(),
    /x/,
    new WeakMap(),
    new ArrayBuffer(1),
    new DataView(new ArrayBuffer(1)),
  ]) {
    refused({ value }, new RegExp(`^result\\.value is an? ${value.constructor.name}, which`));
  }
});

test("a cycle is refused, a value that is used twice is not", () => {
  const shared = { a: 1 };
  assert.equal(dumps([shared, shared]), '[{"a": 1}, {"a": 1}]');
  /** @type {Record<string, unknown>} */
  const cycle = { list: [] };
  cycle.list = [{ back: cycle }];
  refused(cycle, "result.list[0].back contains itself, which JSON cannot represent; return plain data");
});

test("nesting is allowed to the limit and refused beyond it", () => {
  /** @param {number} levels */
  const nested = (levels) => {
    let value = /** @type {unknown} */ (1);
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };
  assert.equal(dumps(nested(MAX_DEPTH)).length, MAX_DEPTH * 2 + 1);
  refused(nested(MAX_DEPTH + 1), /^result\[0\].*\.\.\..* is nested deeper than 500 levels; return plain data$/);
});

test("an error that a toJSON throws reaches the caller as it is", () => {
  const own = new RangeError("mine");
  assert.throws(
    () => dumps([{ toJSON: () => assert.fail(own) }]),
    (error) => error === own,
  );
});
