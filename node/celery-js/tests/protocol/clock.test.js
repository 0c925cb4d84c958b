import assert from "node:assert/strict";
import { test } from "node:test";
import { LamportClock } from "../../src/protocol/clock.js";

test("a clock reading sent after a received one is higher", () => {
  const clock = new LamportClock();

  assert.equal(clock.forward(), 1);
  assert.equal(clock.adjust(7), 8);
  assert.equal(clock.adjust(3), 9);
  assert.equal(clock.forward(), 10);
});

test("an unusable reading does not move the clock", () => {
  const clock = new LamportClock();

  for (const unusable of [2 ** 53, 2 ** 63, Infinity, -Infinity, NaN, 1.5, -5]) clock.adjust(unusable);

  assert.equal(clock.value, 7);
});
