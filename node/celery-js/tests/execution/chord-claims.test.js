/** A worker that waits for a chord's claim, which another worker, or nobody, has. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Chords } from "../../src/execution/follow-ups/chords.js";

test("a claim without an end gets one, and keeps no part for ever", async () => {
  /** @type {unknown[][]} */
  const ended = [];
  const store = {
    addPart: async () => (ended.length === 0 ? "taken" : "waiting"),
    endClaim: async (/** @type {unknown[]} */ ...args) => void ended.push(args),
  };
  const app = { backend: { chords: store }, settings: { resultChordJoinTimeout: 3, taskPublishTimeout: 5 } };
  const parts = { app, persist: (/** @type {() => unknown} */ operation) => operation() };
  const chords = new Chords(/** @type {any} */ (parts));
  let now = 0;
  const clock = mock.method(performance, "now", () => (now += 20_000));

  await chords.reportPart({ id: "t", group: "g", groupIndex: 0, chord: {} }, "SUCCESS", 1, /** @type {any} */ (null));

  clock.mock.restore();
  assert.deepEqual(ended, [["g", 6]]);
});
