import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { signals } from "../src/index.js";
import { Signal } from "../src/signals.js";

describe("a signal", () => {
  it("calls receivers in order, with arguments, sender and signal", () => {
    const signal = new Signal("test");
    /** @type {unknown[]} */
    const told = [];
    signal.connect((payload) => told.push(["first", payload]));
    signal.connect((payload) => told.push(["second", payload]));
    assert.equal(signal.send("me", { answer: 42 }), undefined);
    const payload = { answer: 42, signal, sender: "me" };
    assert.deepEqual(told, [
      ["first", payload],
      ["second", payload],
    ]);
  });

  it("calls a receiver once, until it is disconnected", () => {
    const signal = new Signal("test");
    let calls = 0;
    const receiver = () => {
      calls += 1;
    };
    assert.equal(signal.connect(receiver), receiver);
    signal.connect(receiver);
    signal.send(null, {});
    assert.equal(signal.disconnect(receiver), true);
    assert.equal(signal.disconnect(receiver), false);
    signal.send(null, {});
    assert.equal(calls, 1);
  });

  it("reaches receivers of its task, function or name", () => {
    const signal = new Signal("test");
    const fn = () => {};
    const sender = { name: "shop.total", fn };
    let calls = 0;
    for (const wanted of [sender, fn, "shop.total", "shop.other", () => {}, {}]) {
      signal.connect(() => (calls += 1), { sender: wanted });
    }
    signal.send(sender, {});
    assert.equal(calls, 3);
    assert.equal(signal.hasListeners(sender), true);
    assert.equal(signal.hasListeners("shop.third"), false);
  });

  it("takes one receiver for a dispatchUid", () => {
    const signal = new Signal("test");
    signal.connect(() => {}, { dispatchUid: "mine" });
    signal.connect(() => {}, { dispatchUid: "mine" });
    assert.equal(signal.receivers.length, 1);
    assert.equal(signal.disconnect(null, { dispatchUid: "mine" }), true);
  });

  it("waits for its receivers, and reports their errors", async () => {
    const signal = new Signal("test");
    /** @type {unknown[]} */
    const reported = [];
    let finished = false;
    signal.connect(function throwing() {
      throw new Error("at once");
    });
    signal.connect(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      finished = true;
      throw new Error("later");
    });
    await signal.send(null, {}, (error, sentence) => reported.push([/** @type {Error} */ (error).message, sentence]));
    assert.equal(finished, true);
    assert.deepEqual(reported, [
      ["at once", "Signal handler throwing of test raised"],
      ["later", "Signal handler (anonymous) of test raised"],
    ]);
  });

  it("warns of a failing receiver outside of a worker", async () => {
    const signal = new Signal("test");
    signal.connect(() => {
      throw new Error("nobody listens");
    });
    const warned = once(process, "warning");
    signal.send(null, {});
    assert.match((await warned)[0].message, /Signal handler .* of test raised: Error: nobody listens/);
  });

  it("refuses a non-function and unknown options", () => {
    const receiver = /** @type {() => void} */ (/** @type {unknown} */ ("text"));
    assert.throws(() => signals.taskPrerun.connect(receiver), /taskPrerun: a signal's receiver must be a function/);
    const options = /** @type {{ sender: string }} */ (/** @type {unknown} */ ({ sendr: "x" }));
    assert.throws(() => signals.taskPrerun.connect(() => {}, options), /unknown option 'sendr'; did you mean 'sender'/);
  });
});
