import assert from "node:assert/strict";
import { test } from "node:test";

import { parseParameters } from "../../src/tasks/parameters.js";
import { rebindArguments } from "../../src/tasks/rebinding.js";

/** @typedef {import("../../src/tasks/rebinding.js").Arguments} Arguments */

const add = parseParameters((/** @type {unknown} */ x, /** @type {unknown} */ y, z = 3) => [x, y, z]);
const charge = parseParameters(
  (/** @type {unknown} */ customer, /** @type {Record<string, unknown>} */ { invoice, amount, note = "" }) => [
    customer,
    invoice,
    amount,
    note,
  ],
);

/**
 * @param {unknown[]} args
 * @param {Record<string, unknown>} [kwargs]
 * @returns {Arguments}
 */
const message = (args, kwargs = {}) => ({ args, kwargs });

test("a retry keeps the arguments that it does not replace", () => {
  const inherited = message([1], { y: 2 });
  assert.equal(rebindArguments(add, inherited, {}), inherited);
  assert.deepEqual(rebindArguments(add, inherited, message([3], { z: 4 })), message([3], { z: 4 }));
});

test("new positional arguments replace keywords of the same name", () => {
  assert.deepEqual(
    rebindArguments(add, message([], { x: 1, y: 2, z: 5 }), { args: [7, 8] }),
    message([7, 8], { z: 5 }),
  );
});

test("new keywords replace arguments of the same parameters", () => {
  assert.deepEqual(rebindArguments(add, message([1, 2], { z: 5 }), { kwargs: { y: 8 } }), message([1, 8]));
});

test("new keywords replace single keys of a pattern's object", () => {
  const inherited = message(["ann", { invoice: 1, amount: 2 }]);
  assert.deepEqual(
    rebindArguments(charge, inherited, { kwargs: { amount: 3 } }),
    message(["ann"], { invoice: 1, amount: 3 }),
  );
  assert.deepEqual(inherited, message(["ann", { invoice: 1, amount: 2 }]));
});

test("new positional arguments keep an object taken by a pattern", () => {
  const inherited = message(["ann", { invoice: 1, amount: 2 }]);
  assert.deepEqual(rebindArguments(charge, inherited, { args: ["bob"] }), message(["bob"], { invoice: 1, amount: 2 }));
});

test("a new object at a pattern's position joins other keywords", () => {
  const object = { invoice: 3, amount: 4 };
  const inherited = message([], { customer: "ann", invoice: 1, amount: 2 });
  assert.deepEqual(rebindArguments(charge, inherited, { args: ["bob", object] }), message(["bob", object]));
  assert.deepEqual(
    rebindArguments(charge, message(["ann"], { invoice: 1, amount: 2, note: "n" }), { args: ["bob", object] }),
    message(["bob"], { ...object, note: "n" }),
  );
});

test("surplus arguments of a rest parameter stay where they are", () => {
  const log = parseParameters(
    (/** @type {{ level?: number }} */ { level = 1 } = {}, /** @type {unknown[]} */ ...lines) => [level, lines],
  );
  assert.deepEqual(
    rebindArguments(log, message([{ level: 2 }, "a", "b"]), { kwargs: { level: 3 } }),
    message(["a", "b"], { level: 3 }),
  );
});
