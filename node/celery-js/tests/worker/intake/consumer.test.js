import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Consumer } from "../../../src/worker/intake/consumer.js";

const WINDOW = 40;
const HALF = WINDOW / 2;

/**
 * A loop over a queue, with tasks that end at once or not at all.
 *
 * @param {{ queued: number, areSlow?: boolean, areLarge?: boolean, window?: number }} options
 * @returns {Promise<string[]>} what happened until the queue was empty: `take 20`, sent, `run 20`, and `wait`
 */
async function consume({ queued, areSlow = false, areLarge = false, window = WINDOW }) {
  /** @type {string[]} */
  const log = [];
  const raw = areLarge ? "x".repeat(1_000_000) : "{}";
  const dispatcher = { room: window, window, startMore: () => {}, wake: () => {}, change: () => new Promise(() => {}) };
  const taskConsumer = {
    queues: ["q"],
    take: async (/** @type {number} */ limit) => {
      log.push(`take ${limit}`);
      const count = Math.min(limit, queued);
      queued -= count;
      await new Promise(setImmediate);
      return { deliveries: Array.from({ length: count }, () => ({ raw })), undecodable: 0 };
    },
    wait: () => {
      log.push("wait");
      return new Promise(() => {});
    },
  };
  const admit = (/** @type {unknown[]} */ { length }) => {
    log.push(`run ${length}`);
    if (areSlow) dispatcher.room -= length;
  };
  const parts = { taskConsumer, admission: { admit }, dispatcher, reporter: { awaitsTake: false } };
  new Consumer(/** @type {any} */ (parts)).start();
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  return log;
}

describe("taking", () => {
  it("asks for the next messages before it runs the last ones, once tasks keep up", async () => {
    assert.deepEqual(await consume({ queued: 4 * HALF }), [
      ...[`take ${HALF}`, `run ${HALF}`],
      ...[`take ${HALF}`, `take ${HALF}`, `run ${HALF}`],
      ...[`take ${HALF}`, `run ${HALF}`],
      ...[`take ${HALF}`, `run ${HALF}`],
      "wait",
    ]);
  });

  it("waits once a take has brought fewer than it asked for", async () => {
    assert.deepEqual(await consume({ queued: 3 }), [`take ${HALF}`, "run 3", "wait"]);
  });

  it("takes ahead with an odd window too, and fills it", async () => {
    assert.deepEqual(await consume({ queued: 60, window: 41 }), [
      ...["take 21", "run 21"],
      ...["take 21", "take 20", "run 21"],
      "run 18",
      "wait",
    ]);
    assert.deepEqual(await consume({ queued: 60, areSlow: true, window: 41 }), [
      ...["take 21", "run 21"],
      ...["take 20", "run 20"],
    ]);
  });

  it("takes nothing ahead of tasks that take longer", async () => {
    assert.deepEqual(await consume({ queued: 3 * WINDOW, areSlow: true }), [
      ...[`take ${HALF}`, `run ${HALF}`],
      ...[`take ${HALF}`, `run ${HALF}`],
    ]);
  });

  it("asks for half of a small window ahead while messages are large", async () => {
    assert.deepEqual(await consume({ queued: 10, areLarge: true, window: 4 }), [
      ...["take 4", "run 4"],
      ...["take 2", "take 2", "run 2"],
      ...["take 2", "run 2"],
      ...["take 2", "run 2"],
      "wait",
    ]);
  });

  it("holds no more than a window of large messages", async () => {
    assert.deepEqual(await consume({ queued: 10, areSlow: true, areLarge: true, window: 4 }), ["take 4", "run 4"]);
    assert.deepEqual(await consume({ queued: 10, areLarge: true, window: 1 }), [
      ...Array(10).fill(["take 1", "run 1"]).flat(),
      ...["take 1", "wait"],
    ]);
  });

  it("fills a small window at once", async () => {
    assert.deepEqual(await consume({ queued: 4, areSlow: true, window: 4 }), ["take 4", "run 4"]);
  });
});
