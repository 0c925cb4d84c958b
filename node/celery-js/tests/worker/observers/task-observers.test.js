import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TaskObservers } from "../../../src/worker/observers/task-observers.js";

/** @type {any} */
const request = { message: { id: "a" } };

describe("observers of tasks", () => {
  it("are called in order, for the methods that they have", () => {
    /** @type {string[]} */
    const told = [];
    const observers = new TaskObservers([
      { isOn: true, received: () => void told.push("first: received") },
      { isOn: true, started: () => void told.push("second: started") },
      { isOn: true, received: () => void told.push("third: received") },
    ]);

    observers.notify("received", request, true);

    assert.deepEqual(told, ["first: received", "third: received"]);
  });

  it("may defer work until the outcome is stored", () => {
    /** @type {string[]} */
    const told = [];
    const observers = new TaskObservers([
      { isOn: true, succeeded: () => () => void told.push("first") },
      { isOn: true, succeeded: () => void told.push("at once") },
      { isOn: true, succeeded: () => () => void told.push("third") },
    ]);

    const notify = observers.notify("succeeded", request, 1, 2);
    assert.deepEqual(told, ["at once"]);
    notify?.();

    assert.deepEqual(told, ["at once", "first", "third"]);
  });

  it("are not called for successes without listeners", () => {
    const monitors = { isOn: false };
    const observers = new TaskObservers([{ isOn: false }, monitors]);
    assert.equal(observers.isOn, false);
    monitors.isOn = true;
    assert.equal(observers.isOn, true);
  });
});
