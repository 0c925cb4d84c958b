import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TaskObservers } from "../../../src/worker/observers/task-observers.js";

/** @type {any} */
const request = { message: { id: "a" } };

describe("observers of tasks", () => {
  it("are called in order, for the methods that they have", () => {
    /** @type {string[]} */
    const told = [];
    const observers = subscribed(
      { received: () => void told.push("first: received") },
      { started: () => void told.push("second: started") },
      { received: () => void told.push("third: received") },
    );

    observers.notify("received", request, true);

    assert.deepEqual(told, ["first: received", "third: received"]);
  });

  it("may defer work until the outcome is stored", () => {
    /** @type {string[]} */
    const told = [];
    const observers = subscribed(
      { succeeded: () => () => void told.push("first") },
      { succeeded: () => void told.push("at once") },
      { succeeded: () => () => void told.push("third") },
    );

    const notify = observers.notify("succeeded", request, 1, 2);
    assert.deepEqual(told, ["at once"]);
    notify?.();

    assert.deepEqual(told, ["at once", "first", "third"]);
  });

  it("affect neither each other nor the task with a later error", () => {
    /** @type {string[]} */
    const told = [];
    /** @type {unknown[]} */
    const errors = [];
    const odd = () => {
      throw "odd";
    };
    const list = [{ failed: () => odd }, { failed: () => () => void told.push("third") }];
    const subscriptions = list.map((observer) => ({ observer, isOn: () => true }));
    const observers = new TaskObservers(subscriptions, (error) => errors.push(error));

    observers.notify("failed", request, new Error("x"), "settle")?.();

    assert.deepEqual([told, errors], [["third"], ["odd"]]);
  });

  it("are not called for successes without listeners", () => {
    /** @type {string[]} */
    const told = [];
    let isOn = false;
    const observer = { started: () => void told.push("started"), ignored: () => void told.push("ignored") };
    const observers = new TaskObservers([{ observer, isOn: () => isOn }]);

    assert.equal(observers.isOn, false);
    observers.notify("started", request);
    observers.notify("ignored", request);
    assert.deepEqual(told, ["ignored"]);

    isOn = true;
    assert.equal(observers.isOn, true);
    observers.notify("started", request);
    assert.deepEqual(told, ["ignored", "started"]);
  });
});

/** @param {import("../../../src/worker/observers/task-observers.js").TaskObserver[]} observers that want everything */
const subscribed = (...observers) => new TaskObservers(observers.map((observer) => ({ observer, isOn: () => true })));
