import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { bindArguments, checkArguments } from "../../src/tasks/binding.js";
import { arityGreater, parseParameters } from "../../src/tasks/parameters.js";

/**
 * @typedef {{ args: unknown[], kwargs: Record<string, unknown>, bound?: Record<string, unknown>, error?: string }} Call
 */
/** @typedef {{ args: unknown[], kwargs: Record<string, unknown>, n: number, greater: boolean }} Arity */
/** @typedef {{ signatures: Record<string, { calls: Call[], arity: Arity[] }> }} Recorded */

/** @type {Recorded} */
const PYTHON = JSON.parse(readFileSync(new URL("fixtures/python-binding.json", import.meta.url), "utf8"));

/**
 * For every Python signature in the fixture, the function that a JavaScript programmer writes. It returns its
 * parameters.
 */
const FUNCTIONS = /** @type {Record<string, (...args: any[]) => Record<string, unknown>>} */ ({
  "": () => ({}),
  x: (/** @type {unknown} */ x) => ({ x }),
  "x, y": (/** @type {unknown} */ x, /** @type {unknown} */ y) => ({ x, y }),
  "x, y, z": (/** @type {unknown} */ x, /** @type {unknown} */ y, /** @type {unknown} */ z) => ({ x, y, z }),
  "x, y=2": (/** @type {unknown} */ x, y = 2) => ({ x, y }),
  "x=1": (x = 1) => ({ x }),
  "x=1, y=2": (x = 1, y = 2) => ({ x, y }),
  "x, *rest": (/** @type {unknown} */ x, /** @type {unknown[]} */ ...rest) => ({ x, rest }),
  "*, countdown=1": ({ countdown = 1 }) => ({ countdown }),
  "*args, countdown=1": ({ countdown = 1 } = {}, /** @type {unknown[]} */ ...args) => ({ args, countdown }),
  "*, invoice, amount": (/** @type {Record<string, unknown>} */ { invoice: bill, amount }) => ({
    invoice: bill,
    amount,
  }),
  "*, a, b, c": (/** @type {Record<string, unknown>} */ { a, b, c }) => ({ a, b, c }),
  "x, *, y, z=3": (/** @type {unknown} */ x, /** @type {Record<string, unknown>} */ { y, z = 3 }) => ({ x, y, z }),
  "x, **kw": (/** @type {unknown} */ x, { ...kw }) => ({ x, kw }),
  "x, y=2, *rest, a, b=4, **kw": (
    /** @type {unknown} */ x,
    /** @type {unknown} */ y = 2,
    /** @type {Record<string, unknown>} */ { a, b = 4, ...kw },
    /** @type {unknown[]} */ ...rest
  ) => ({ x, y, rest, a, b, kw }),
  "self, x, y": (/** @type {unknown} */ _self, /** @type {unknown} */ x, /** @type {unknown} */ y) => ({ x, y }),
  "self, x=1": (/** @type {unknown} */ _self, x = 1) => ({ x }),
  "self, *, invoice, amount": (
    /** @type {unknown} */ _self,
    /** @type {Record<string, unknown>} */ { invoice, amount },
  ) => ({
    invoice,
    amount,
  }),
  "*self_and_rest": (/** @type {unknown[]} */ ...selfAndRest) => ({ self_and_rest: selfAndRest }),
});

/**
 * @param {(...args: any[]) => unknown} fn
 * @param {unknown[]} args
 * @param {Record<string, unknown>} [kwargs]
 * @returns {unknown} what the function returns when it is called as the worker calls it
 */
function call(fn, args, kwargs = {}) {
  return fn(...bindArguments(parseParameters(fn), args, kwargs, "tasks.add"));
}

/**
 * @param {(...args: any[]) => unknown} fn
 * @param {unknown[]} args
 * @param {Record<string, unknown>} kwargs
 * @param {string} message
 */
function assertRefused(fn, args, kwargs, message) {
  assert.throws(() => call(fn, args, kwargs), new TypeError(message));
}

describe("the calls recorded from Python", () => {
  test("there is a JavaScript function for every recorded signature", () => {
    assert.deepEqual(Object.keys(FUNCTIONS), Object.keys(PYTHON.signatures));
  });

  for (const [signature, { calls, arity }] of Object.entries(PYTHON.signatures)) {
    const fn = FUNCTIONS[signature];
    const bind = signature.startsWith("self");
    const parameters = parseParameters(fn, { bind });

    test(`add(${signature}) binds or fails as in Python`, () => {
      for (const { args, kwargs, bound, error } of calls) {
        const bindAndCall = () =>
          fn(...(bind ? [null] : []), ...bindArguments(parameters, args, kwargs, "js_workers.tasks.example.add"));
        if (error === undefined) assert.deepEqual(bindAndCall(), bound);
        else assert.throws(bindAndCall, new TypeError(error));
      }
    });

    test(`add(${signature}) has Celery's argument count`, () => {
      for (const { args, kwargs, n, greater } of arity) {
        assert.equal(arityGreater(parameters, n, args, kwargs), greater, JSON.stringify({ args, kwargs, n }));
      }
    });
  }
});

describe("null and undefined", () => {
  const add = (/** @type {unknown} */ x, y = 2) => [x, y];

  test("null is a value: it fills a parameter, without its default", () => {
    assert.deepEqual(call(add, [null, null]), [null, null]);
    assert.deepEqual(call(add, [], { x: null, y: null }), [null, null]);
    assert.deepEqual(
      call(({ a = 1 }) => a, [], { a: null }),
      null,
    );
  });

  test("undefined is not given, by position and by name", () => {
    assert.deepEqual(call(add, [1, undefined]), [1, 2]);
    assert.deepEqual(call(add, [1], { y: undefined, z: undefined }), [1, 2]);
    assert.deepEqual(call(add, [undefined, 5], { x: 1 }), [1, 5]);
    assertRefused(add, [undefined, 5], {}, "add() missing 1 required positional argument: 'x'");
    assertRefused(add, [], { x: undefined }, "add() missing 1 required positional argument: 'x'");
    assertRefused(
      (/** @type {{ a: unknown }} */ { a }) => a,
      [{ a: undefined }],
      {},
      "add() missing 1 required keyword-only argument: 'a'",
    );
  });

  test("trailing undefined arguments are not surplus ones", () => {
    assert.deepEqual(call(add, [1, 2, undefined]), [1, 2]);
  });
});

describe("object patterns", () => {
  const charge = (
    /** @type {{ invoice: unknown, amount: unknown, currency?: string }} */ { invoice, amount, currency = "EUR" },
  ) => [invoice, amount, currency];

  test("without keywords, a pattern takes the object at its position", () => {
    assert.deepEqual(call(charge, [{ invoice: 7, amount: 9 }]), [7, 9, "EUR"]);
    const second = (/** @type {unknown} */ x, { y = 1 } = {}, z = 3) => [x, y, z];
    assert.deepEqual(call(second, [{ a: 1 }, { y: 2 }, 4]), [{ a: 1 }, 2, 4]);
  });

  test("the keys of a taken object are held to the same rules", () => {
    assertRefused(charge, [{ invoice: 7 }], {}, "add() missing 1 required keyword-only argument: 'amount'");
    assertRefused(charge, [{ invoice: 7, amount: 9, x: 1 }], {}, "add() got an unexpected keyword argument 'x'");
    assertRefused(charge, [{}], {}, "add() missing 2 required keyword-only arguments: 'invoice' and 'amount'");
    assert.deepEqual(
      call(({ ...kw }) => kw, [{ any: 1 }]),
      { any: 1 },
    );
  });

  test("with keyword arguments, an object stays positional", () => {
    const note = (/** @type {{ urgent?: boolean }} */ { urgent = false }, /** @type {unknown} */ order) => [
      urgent,
      order,
    ];
    assert.deepEqual(call(note, [{ id: 1 }], { urgent: true }), [true, { id: 1 }]);
    assertRefused(
      charge,
      [{ invoice: 7 }],
      { amount: 9, invoice: 7 },
      "add() takes 0 positional arguments but 1 positional argument (and 2 keyword-only arguments) were given",
    );
  });

  test("a pattern takes plain objects only", () => {
    const fn = ({ a = 1 } = {}, /** @type {unknown[]} */ ...rest) => [a, rest];
    const date = new Date(0);
    for (const value of [[1], null, 5, "text", date, new Map()]) assert.deepEqual(call(fn, [value]), [1, [value]]);
    assert.deepEqual(call(fn, [Object.assign(Object.create(null), { a: 2 })]), [2, []]);
  });

  test("keywords fill parameters and keys, wherever the pattern is", () => {
    const front = ({ a = 1 }, /** @type {unknown} */ x, y = 5) => [a, x, y];
    assert.deepEqual(call(front, [], { x: 2, a: 3 }), [3, 2, 5]);
    assert.deepEqual(call(front, [2], { y: 6, a: 3 }), [3, 2, 6]);
    assert.deepEqual(call(front, [2]), [1, 2, 5]);
  });

  test("a pattern's default supplies the keys that it names", () => {
    const empty = (/** @type {Record<string, unknown>} */ { a } = {}) => a;
    assertRefused(empty, [], {}, "add() missing 1 required keyword-only argument: 'a'");
    const partly = (/** @type {Record<string, unknown>} */ { a, b } = { a: 1 }) => [a, b];
    assertRefused(partly, [], {}, "add() missing 1 required keyword-only argument: 'b'");
    const whole = ({ a, b } = { a: 1, b: 2 }) => [a, b];
    assert.deepEqual(call(whole, []), [1, 2]);
    assertRefused(whole, [], { a: 1 }, "add() missing 1 required keyword-only argument: 'b'");
    const computed = ({ a } = Object.assign({ a: 1 })) => a;
    assert.equal(call(computed, []), 1);
  });

  test("names that every object inherits are keywords like any other", () => {
    const fn = ({ constructor: a = 1, toString: b = 2, ...kw }) => [a, b, kw];
    assert.deepEqual(call(fn, [], { z: 0 }), [1, 2, { z: 0 }]);
    const own = JSON.parse('{"__proto__": 1, "constructor": 2}');
    assert.deepEqual(
      call((/** @type {Record<string, unknown>} */ { ...kw }) => Object.entries(kw), [], own),
      Object.entries(own),
    );
    assertRefused(
      (/** @type {unknown} */ x) => x,
      [1],
      { toString: 1 },
      "add() got an unexpected keyword argument 'toString'",
    );
  });

  test("of two patterns with the same keys, keywords fill the first", () => {
    const distance = (/** @type {Record<string, number>} */ { x }, /** @type {Record<string, number>} */ { x: x2 }) =>
      x2 - x;
    assert.equal(call(distance, [{ x: 1 }, { x: 3 }]), 2);
    assertRefused(distance, [], { x: 1 }, "add() missing 1 required keyword-only argument: 'x'");
  });

  test("the message's own kwargs are not handed to the task", () => {
    const kwargs = { a: 1 };
    const fn = (/** @type {Record<string, unknown>} */ { ...kw }) => kw;
    const [value] = bindArguments(parseParameters(fn), [], kwargs, "add");
    assert.notEqual(value, kwargs);
  });
});

describe("other parameters", () => {
  test("an array pattern is one positional argument", () => {
    const fn = (/** @type {number[]} */ [x, y], z = 0) => x + y + z;
    assert.equal(call(fn, [[1, 2]]), 3);
    assertRefused(fn, [], {}, "add() missing 1 required positional argument: '[x, y]'");
  });

  test("a required parameter after a default is still required", () => {
    const fn = (x = 1, /** @type {unknown} */ y) => [x, y];
    assert.deepEqual(call(fn, [], { y: 2 }), [1, 2]);
    assertRefused(fn, [1], {}, "add() missing 1 required positional argument: 'y'");
  });

  test("skipped parameters before a rest take their defaults", () => {
    assert.deepEqual(
      call(({ a = 1 } = {}, /** @type {unknown[]} */ ...rest) => [a, rest], [2, undefined, 3]),
      [1, [2, undefined, 3]],
    );
  });
});

test("the sender refuses what the worker would, in the same words", () => {
  const parameters = parseParameters((/** @type {unknown} */ x) => x);
  checkArguments(parameters, [1], {}, "tasks.add");
  assert.throws(() => checkArguments(parameters, [], {}, "tasks.add"), {
    name: "TypeError",
    message: "add() missing 1 required positional argument: 'x'",
  });
});
