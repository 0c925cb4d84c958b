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
