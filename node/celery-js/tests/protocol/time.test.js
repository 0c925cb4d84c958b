import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidTaskError } from "../../src/errors.js";
import { nowIso, parseIso, toIso } from "../../src/protocol/time.js";
import { fixture } from "./fixtures.js";

/** @type {Array<{ text: string, epoch_ms: number | null }>} */
const moments = fixture("moments");

for (const { text, epoch_ms } of moments) {
  if (epoch_ms === null) {
    test(`${text} is not a moment, as for Celery`, () => {
      assert.throws(() => parseIso(text), InvalidTaskError);
    });
  } else {
    test(`${text} is the moment that Celery reads`, () => {
      assert.equal(toIso(parseIso(text)), toIso(epoch_ms));
    });
  }
}

test("a moment is written like Python's isoformat", () => {
  assert.equal(toIso(Date.UTC(2026, 10, 22, 10, 11, 12)), "2026-11-22T10:11:12+00:00");
  assert.equal(toIso(Date.UTC(2026, 10, 22, 10, 11, 12, 123)), "2026-11-22T10:11:12.123000+00:00");
  assert.equal(toIso(Date.UTC(2026, 10, 22, 10, 11, 12) + 0.456), "2026-11-22T10:11:12.000456+00:00");
  assert.equal(toIso(-0.001), "1969-12-31T23:59:59.999999+00:00");
});

test("a moment that Python cannot hold is refused", () => {
  assert.throws(() => toIso(Number.NaN), RangeError);
  assert.throws(() => toIso(8.64e15), RangeError);
  assert.throws(() => toIso(-8e13), RangeError);
});

test("now is read back as now", () => {
  const before = Date.now();
  const now = parseIso(nowIso());
  assert.ok(now >= before && now <= Date.now());
});

test("Python's datetime.max stays in its year", () => {
  assert.equal(new Date(parseIso("9999-12-31T23:59:59.999999")).toISOString(), "9999-12-31T23:59:59.999Z");
});
