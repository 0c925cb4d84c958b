import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { onAbort } from "../../src/backend/on-abort.js";

describe("what is called when a signal aborts", () => {
  it("shares one listener of the signal, is called once each, and not after it was forgotten", () => {
    const controller = new AbortController();
    /** @type {number[]} */
    const called = [];
    const forget = Array.from({ length: 100 }, (_, n) => onAbort(controller.signal, () => called.push(n)));
    assert.equal(getEventListeners(controller.signal, "abort").length, 1);
    for (const each of forget.slice(3)) each();

    controller.abort();
    controller.abort();

    assert.deepEqual(called, [0, 1, 2]);
  });

  it("may forget others, and itself, while it is called", () => {
    const controller = new AbortController();
    /** @type {string[]} */
    const called = [];
    const forgetFirst = onAbort(controller.signal, () => {
      called.push("first");
      forgetFirst();
      forgetSecond();
    });
    const forgetSecond = onAbort(controller.signal, () => called.push("second"));
    onAbort(controller.signal, () => called.push("third"));

    controller.abort();

    assert.deepEqual(called, ["first", "third"]);
  });

  it("is called as often as it was given", () => {
    const controller = new AbortController();
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    onAbort(controller.signal, count);
    onAbort(controller.signal, count)();

    controller.abort();

    assert.equal(calls, 1);
  });
});
