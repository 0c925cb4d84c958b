/** Messages that wait in a worker until they are taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitingDeliveries } from "../../../src/transport/amqp/waiting.js";

/** @param {string} queue @param {number} number */
const delivery = (queue, number) => ({ number, tag: `t${number}`, queue, workersLost: 0, raw: "" });

test("each queue gets its turn, each in its order", () => {
  const waiting = new WaitingDeliveries();
  for (const [queue, number] of /** @type {[string, number][]} */ ([
    ["a", 1],
    ["a", 2],
    ["a", 3],
    ["b", 4],
  ])) {
    waiting.add(delivery(queue, number));
  }

  assert.deepEqual(
    waiting.take(3, ["a", "b"]).map(({ number }) => number),
    [1, 4, 2],
  );
  assert.equal(waiting.size, 1);
});

test("what a cancelled queue had is gone, and what was lost", () => {
  const waiting = new WaitingDeliveries();
  for (const number of [1, 2]) waiting.add(delivery("a", number));
  waiting.add(delivery("b", 3));

  waiting.forget(new Set([1]));
  assert.deepEqual(
    waiting.removeQueue("a").map(({ number }) => number),
    [2],
  );
  assert.equal(waiting.size, 1);
  assert.deepEqual(
    waiting.clear().map(({ number }) => number),
    [3],
  );
  assert.equal(waiting.size, 0);
});
