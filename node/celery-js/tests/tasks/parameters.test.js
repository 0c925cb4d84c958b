import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInThisContext } from "node:vm";

import { ImproperlyConfigured } from "../../src/errors.js";
import { parseParameters } from "../../src/tasks/parameters.js";

/** @typedef {import("../../src/tasks/parameters.js").Parameters} Parameters */

/**
 * @param {string} source an expression
 * @returns {(...args: never[]) => unknown} its value: written as text, so that no formatter changes what is parsed
 */
const compile = (source) => runInThisContext(`"use strict"; (${source})`);

/**
 * Writes parameters down as Python would: a required one by its name, an optional one with "=".
 *
 * @param {Parameters} parameters
 * @returns {string}
 */
function sketch({ slots }) {
  return slots
    .map((slot) => {
      if (slot.kind === "rest") return "*";
      if (slot.kind === "positional") return slot.required ? slot.name : `${slot.name}=`;
      const keys = [...slot.keys].map((key) => (slot.required.includes(key) ? key : `${key}=`));
      return `{${[...keys, ...(slot.rest ? ["**"] : [])].join(" ")}}${slot.hasDefault ? "=" : ""}`;
    })
    .join(", ");
}

describe("every form of function is read", () => {
  const forms = {
    "(x, y) => x + y": "x, y",
    "x => x": "x",
    "async x => x": "x",
    "async (x, y = 1) => x": "x, y=",
    "function (x, y) {}": "x, y",
    "async function add(x, ...rest) {}": "x, *",
    "({ add(x, y) {} }).add": "x, y",
    "({ async add(x, y) {} }).add": "x, y",
    "({ async(x) {} }).async": "x",
    "({ get(x) {} }).get": "x",
    "({ static(x) {} }).static": "x",
    "({ class(x) {} }).class": "x",
    "({ function(x) {} }).function": "x",
    '({ "a b"(x) {} })["a b"]': "x",
    '({ ["computed"](x) { return super.toString(); } }).computed': "x",
    "(class { static async add(x, y) { return this.#z; } static #z = 1; }).add": "x, y",
    "(class { static #add(x) {} static get() { return this.#add; } }).get()": "x",
    'Object.getOwnPropertyDescriptor({ get add() { return 1; } }, "add").get': "",
    "(class { add = (x) => x; constructor() {} }, new (class { add = (x) => x; })().add)": "x",
    "function (x) { return new.target; }": "x",
    "() => 0": "",
  };
  for (const [source, expected] of Object.entries(forms)) {
    test(source, () => assert.equal(sketch(parseParameters(compile(source))), expected));
  }

  test("a function of a module, which may use import.meta", () => {
    assert.equal(sketch(parseParameters((/** @type {string} */ x) => new URL(x, import.meta.url))), "x");
  });

  test("a sloppy function", () => {
    const sloppy = runInThisContext("(function (await, x) { with (x) { return 010; } })");
    assert.equal(sketch(parseParameters(sloppy)), "await, x");
  });
});

describe("every form of parameter is read", () => {
  const forms = {
    '(x = f(")", { y: [1, 2] }), y = (a, b) => a, z = /[,)]/) => x': "x=, y=, z=",
    "(a /* , b */, // ) =>\n b) => a": "a, b",
    "(größe, $x, _y, \\u0061bc) => 0": "größe, $x, _y, abc",
    "({ a, b: c = 1, d: { e }, f: [g] = [], ...h }) => 0": "{a b= d f= **}",
    "({ a } = {}, b) => 0": "{a}=, b",
    '({ "content-type": type, 1: one, ["x"]: x }) => 0': "{1 content-type x}",
    "([a, b], [c] = []) => 0": "[a, b], [c]=",
    "(a, ...[b, c]) => 0": "a, *",
    "(a = undefined) => 0": "a=",
    "({ a, a: { b } = {} }) => 0": "{a}",
  };
  for (const [source, expected] of Object.entries(forms)) {
    test(source, () => {
      const found = sketch(parseParameters(compile(source)));
      if (source.includes("content-type"))
        assert.deepEqual(found.slice(1, -1).split(" ").sort(), expected.slice(1, -1).split(" "));
      else assert.equal(found, expected);
    });
  }
});

describe("bind", () => {
  test("drops the first parameter, whatever its form", () => {
    assert.equal(sketch(parseParameters(compile("(self, x) => x"), { bind: true })), "x");
    assert.equal(sketch(parseParameters(compile("({ log, request }, x) => x"), { bind: true })), "x");
    assert.equal(sketch(parseParameters(compile("() => 0"), { bind: true })), "");
  });

  test("keeps a rest parameter, which receives self", () => {
    assert.equal(sketch(parseParameters(compile("(...args) => 0"), { bind: true })), "*");
  });
});

describe("the option params", () => {
  const mangled = compile("(e, t) => e");

  test("overrides the source", () => {
    assert.equal(sketch(parseParameters(mangled, { params: ["invoice", "amount"] })), "invoice, amount");
    assert.equal(sketch(parseParameters(mangled, { params: [] })), "");
  });

  test('takes declared parameters as in JavaScript, or with "?"', () => {
    const params = ["a", "b?", "c = 1", "{ d, e = 1, ...f } = {}", "...g"];
    assert.equal(sketch(parseParameters(mangled, { params })), "a, b=, c=, {d e= **}=, *");
  });

  test("makes native and bound functions usable", () => {
    assert.equal(sketch(parseParameters(Math.max, { params: ["...values"] })), "*");
    assert.equal(sketch(parseParameters(mangled.bind(null), { params: ["x"] })), "x");
  });

  test("may leave out self, or name it", () => {
    assert.equal(sketch(parseParameters(mangled, { bind: true, params: ["x"] })), "x");
    assert.equal(sketch(parseParameters(mangled, { bind: true, params: ["self", "x"] })), "x");
  });

  test("refuses an invalid parameter", () => {
    for (const entry of ["", "a, b", "a) => 1, (b", "1", "a b", "...a?"]) {
      assert.throws(
        () => parseParameters(mangled, { params: [entry], name: "tasks.add" }),
        new ImproperlyConfigured(`task tasks.add: params: "${entry}" is not a parameter`),
      );
    }
    assert.throws(
      () => parseParameters(mangled, { params: ["...a", "b"], name: "tasks.add" }),
      new ImproperlyConfigured('task tasks.add: params: "...a" has to be the last one'),
    );
  });
});

describe("anything that cannot be a task is refused", () => {
  /** @type {[string, string][]} */
  const refused = [
    ["class Add { static add(x) {} }", "task tasks.add is a class; export a function"],
    ["Map", "task tasks.add is a class; export a function"],
    [
      "function* (x) {}",
      "task tasks.add is a generator function; a task returns one value, so export a plain function",
    ],
    [
      "({ async *add(x) {} }).add",
      "task tasks.add is a generator function; a task returns one value, so export a plain function",
    ],
    [
      "Math.max",
      'task tasks.add is a native or bound function, which does not show its parameters: declare them with the option "params"',
    ],
    [
      "((x) => x).bind(null)",
      'task tasks.add is a native or bound function, which does not show its parameters: declare them with the option "params"',
    ],
    [
      "({ [1 + 1]: x }) => x",
      'the parameters of task tasks.add have a computed key, which has no name before the task runs: declare them with the option "params"',
    ],
  ];
  for (const [source, message] of refused) {
    test(source, () => {
      assert.throws(() => parseParameters(compile(source), { name: "tasks.add" }), new ImproperlyConfigured(message));
    });
  }

  test("params do not turn a class or a generator into a task", () => {
    assert.throws(() => parseParameters(compile("class {}"), { params: [] }), ImproperlyConfigured);
    assert.throws(() => parseParameters(compile("function* () {}"), { params: [] }), ImproperlyConfigured);
  });
});
