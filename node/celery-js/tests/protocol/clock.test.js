import assert from "node:assert/strict";
import { test } from "node:test";
import { LamportClock } from "../../src/protocol/clock.js";

test("what is said after something was heard has the greater number", () => {
  const clock = new LamportClock();

  assert.equal(clock.forward(), 1);
  assert.equal(clock.adjust(7), 8);
  assert.equal(clock.adjust(3), 9);
  assert.equal(clock.forward(), 10);
});
