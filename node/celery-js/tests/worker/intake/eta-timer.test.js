import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EtaTimer } from "../../../src/worker/intake/eta-timer.js";
import { waitUntil } from "../../support/wait.js";

describe("the schedule of short etas", () => {
  it("releases items in the order of their times", async () => {
    /** @type {number[]} */
    const released = [];
    const schedule = new EtaTimer((/** @type {number} */ item) => released.push(item));
    const base = Date.now();
    const offsets = Array.from({ length: 200 }, (_, i) => (i * 7919) % 200);
    for (const offset of offsets) schedule.add(base + offset / 2, offset);
    await waitUntil(() => released.length === 200);
    assert.deepEqual(
      released,
      [...offsets].sort((a, b) => a - b),
    );
  });

  it("releases nothing before its time", async () => {
    /** @type {number[]} */
    const lateness = [];
    const schedule = new EtaTimer((/** @type {number} */ at) => lateness.push(Date.now() - at));
    const base = Date.now();
    for (const inMs of [30, 10, 20]) schedule.add(base + inMs, base + inMs);
    await waitUntil(() => lateness.length === 3);
    assert.ok(lateness.every((ms) => ms >= 0));
  });

  it("returns the items that it holds and releases none later", () => {
    const schedule = new EtaTimer(() => assert.fail("released"));
    schedule.add(Date.now() + 3 * 365 * 86_400_000, "far");
    schedule.add(Date.now() + 60_000, "near");
    assert.equal(schedule.size, 2);
    assert.deepEqual(schedule.clear().sort(), ["far", "near"]);
    assert.equal(schedule.size, 0);
  });

  it("forgets removed items and releases the others on time", async () => {
    /** @type {number[]} */
    const released = [];
    const schedule = new EtaTimer((/** @type {number} */ item) => released.push(item));
    for (const item of [5, 3, 1, 4, 2]) schedule.add(Date.now() + item * 5, item);
    schedule.keep((item) => item % 2 === 1);
    await waitUntil(() => released.length === 3);
    assert.deepEqual(released, [1, 3, 5]);
  });
});
