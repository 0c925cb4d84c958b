/** Steps: started in order, stopped in reverse, and a failure has its step's name. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { Blueprint } from "../../../src/worker/lifecycle/blueprint.js";

/**
 * @param {Record<string, Partial<import("../../../src/worker/lifecycle/blueprint.js").Step>>} special by name: what differs from a step that
 *   only notes what happens to it
 */
function make(special = {}) {
  /** @type {string[]} */
  const noted = [];
  /** @type {string[]} */
  const logged = [];
  const steps = ["one", "two", "three"].map((name) => ({
    name,
    start: () => void noted.push(`start ${name}`),
    stop: () => void noted.push(`stop ${name}`),
    ...special[name],
  }));
  const log = /** @type {any} */ ({
    error: (/** @type {object} */ _, /** @type {string} */ text) => logged.push(text),
  });
  return { blueprint: new Blueprint(steps, log), noted, logged };
}

it("steps are started in order and stopped in reverse, once", async () => {
  const { blueprint, noted } = make();
  await blueprint.start();
  await Promise.all([blueprint.stop(), blueprint.stop()]);
  assert.deepEqual(noted, ["start one", "start two", "start three", "stop three", "stop two", "stop one"]);
});

it("a failing start stops earlier steps and names the step", async () => {
  const error = new RangeError("no room");
  const { blueprint, noted } = make({ two: { start: () => Promise.reject(error) } });
  await assert.rejects(
    blueprint.start(),
    (thrown) => thrown === error && error.message === "Cannot start two: no room",
  );
  assert.deepEqual(noted, ["start one", "stop two", "stop one"]);
});

it("a step that throws a non-error is named as well", async () => {
  const { blueprint } = make({ one: { start: () => Promise.reject("no luck") } });
  await assert.rejects(blueprint.start(), { name: "OperationalError", message: "Cannot start one: no luck" });
});

it("a failing stop is logged by name, and the others still stop", async () => {
  const { blueprint, noted, logged } = make({ two: { stop: () => Promise.reject(new Error("stuck")) } });
  await blueprint.start();
  await blueprint.stop();
  assert.deepEqual(noted.slice(3), ["stop three", "stop one"]);
  assert.deepEqual(logged, ["Cannot stop two: stuck"]);
});

it("a stop during the start interrupts it and stops each step", async () => {
  /** @type {(error: Error) => void} */
  let give = () => {};
  const waiting = {
    start: () => new Promise((_, reject) => (give = reject)),
    interrupt: () => give(new Error("closed")),
  };
  const { blueprint, noted, logged } = make({ two: waiting });
  const started = assert.rejects(blueprint.start(), {
    name: "OperationalError",
    message: "the worker was stopped before it had started",
  });
  await new Promise((resolve) => setImmediate(resolve));
  await blueprint.stop();
  await started;
  assert.deepEqual(noted, ["start one", "stop two", "stop one"]);
  assert.deepEqual(logged, []);
});

it("a step needs neither a start nor a stop", async () => {
  const { blueprint, noted } = make({ two: { start: undefined, stop: undefined } });
  await blueprint.start();
  await blueprint.stop();
  assert.deepEqual(noted, ["start one", "start three", "stop three", "stop one"]);
});
