import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import * as errors from "../../src/errors.js";
import {
  decodeException,
  encodeException,
  formatTraceback,
  TaskError,
  toError,
} from "../../src/protocol/exceptions.js";
import { DateTime, Decimal, dumps, loads } from "../../src/protocol/json.js";
import { fixture } from "./fixtures.js";

/** @type {Array<{ name: string, encoded: string, str: string }>} */
const recorded = fixture("exceptions");

/** Where Python says nothing, or only repeats the name, and one that it cannot make again from its argument. */
const OWN_TEXT = new Map([
  ["without arguments", "RuntimeError was raised without a message"],
  ["Ignore", "Ignore was raised without a message"],
  ["NotRegistered", "no worker here knows a task 'example.nothing'"],
  ["Reject", "reject requeue=true: no"],
  ["SoftTimeLimitExceeded", "the task ran longer than its soft time limit"],
  ["TimeLimitExceeded", "the task ran longer than its hard time limit of 30 s"],
  ["json error", "Expecting value: line 1 column 1 (char 0)"],
]);

for (const { name, encoded, str } of recorded) {
  test(`${name}: read from Python's bytes and stored as the same`, () => {
    const error = decodeException(loads(encoded), "the traceback");
    const { exc_type, exc_message, exc_module } = JSON.parse(encoded);
    assert.equal(error.name, exc_type);
    assert.equal(error.message, OWN_TEXT.get(name) ?? str);
    assert.equal(error.traceback, "the traceback");
    assert.deepEqual([error.excType, error.excModule], [exc_type, exc_module]);
    assert.equal(dumps(error.args), dumps(loads(JSON.stringify(exc_message))));
    assert.equal(dumps(encodeException(error)), encoded);
  });
}

/** As a Python worker stores what a task raises. @type {Array<{ name: string, module: string, str: string, encoded: string }>} */
const raised = fixture("raised");

/** Python's text of these needs what is not stored (a file's name, how many there are), or is none. @type {Map<string, string>} */
const TEXT_OF_ARGS = new Map([
  ["{'code': {1, 2}}", "TwoError({'code': {1, 2}})"],
  ["('a', 1)", "['a', 1]"],
  ["", "AssertionError was raised without a message"],
  ["[Errno 2] No such file or directory: '/nonexistent'", "[Errno 2] No such file or directory"],
  ["several (2 sub-exceptions)", "several: [ValueError('a'), KeyError('b')]"],
  ["Command 'sleep' died with <Signals.SIGKILL: 9>.", "Command 'sleep' died with signal 9."],
  ["3", "the task ended its process with 3"],
  ["15", "the task was ended by signal 15"],
  ["TimeLimitExceeded(2,)", "the task ran longer than its hard time limit of 2 s"],
  ["SoftTimeLimitExceeded()", "the task ran longer than its soft time limit"],
  ["SoftTimeLimitExceeded(2,)", "the task ran longer than its soft time limit of 2 s"],
  ["'example.nothing'", "no worker here knows a task 'example.nothing'"],
  ["('no', True)", "reject requeue=true: no"],
]);

for (const { name, module, str, encoded } of raised) {
  test(`${name}(${str}) from Python keeps name, module and text`, () => {
    const error = decodeException(loads(encoded));

    assert.deepEqual([error.name, error.excModule], [name, module]);
    assert.equal(error.message, TEXT_OF_ARGS.get(str) ?? str);
  });
}

test("an exception that pickle cannot rebuild keeps its arguments", () => {
  const argsOf = (/** @type {string} */ name) =>
    raised.filter((each) => each.name === name).map(({ encoded }) => decodeException(loads(encoded)).args);

  assert.deepEqual(argsOf("TwoError"), [["m"], [{ code: 7 }], ["({'code': {1, 2}},)"]]);
  assert.deepEqual(argsOf("KeywordOnlyError"), [["m"]]);
  const again = encodeException(decodeException(loads(raised[0].encoded)));
  assert.deepEqual(again, { exc_type: "TwoError", exc_message: ["m"], exc_module: "record_raised" });
});

/** @param {string} name */
function storedByPython(name) {
  const found = recorded.find((exception) => exception.name === name);
  assert.ok(found);
  return found.encoded;
}

test("a JavaScript error is stored as Python's of the same name", () => {
  assert.equal(
    dumps(encodeException(new TypeError("add() missing 1 required positional argument: 'y'"))),
    storedByPython("TypeError"),
  );
  assert.equal(dumps(encodeException(new errors.NotRegistered("example.nothing"))), storedByPython("NotRegistered"));
  assert.equal(dumps(encodeException(new errors.TimeLimitExceeded(30))), storedByPython("TimeLimitExceeded"));
  assert.equal(dumps(encodeException(new errors.Reject("no", { requeue: true }))), storedByPython("Reject"));
  assert.equal(dumps(encodeException(new errors.Ignore())), storedByPython("Ignore"));
});

test("the runtime's own errors come back as themselves", () => {
  for (const cls of Object.values(errors)) {
    const error = decodeException({ exc_type: cls.name, exc_message: ["why", true], exc_module: cls.module });
    assert.ok(error instanceof cls, cls.name);
    assert.ok(error instanceof Error);
    assert.equal(error.constructor, cls);
    assert.deepEqual(error.args, ["why", true]);
  }
  const reject = decodeException(encodeException(new errors.Reject("no", { requeue: true })));
  assert.ok(reject instanceof errors.Reject);
  assert.deepEqual([reject.reason, reject.requeue], ["no", true]);
});

test("the name alone does not make an error of the runtime", () => {
  const error = decodeException({ exc_type: "TimeoutError", exc_message: ["x"], exc_module: "builtins" });
  assert.ok(error instanceof TaskError);
  assert.ok(!(error instanceof errors.TimeoutError));
});

test("a custom error is stored with name, module and arguments", () => {
  class GatewayError extends Error {
    static module = "billing.errors";
    /** @param {number} code */
    constructor(code) {
      super(`gateway says ${code}`);
      this.args = [code];
    }
  }
  assert.deepEqual(encodeException(new GatewayError(502)), {
    exc_type: "GatewayError",
    exc_message: [502],
    exc_module: "billing.errors",
  });
  class Plain extends Error {}
  assert.deepEqual(encodeException(new Plain("x")), { exc_type: "Plain", exc_message: ["x"], exc_module: "builtins" });
  const named = Object.assign(new Error("x"), { name: "Renamed" });
  assert.equal(encodeException(named).exc_type, "Renamed");
  assert.equal(encodeException(new Error("x")).exc_type, "Error");
});

test("an argument that JSON cannot hold is stored as it is printed", () => {
  const error = Object.assign(new Error("x"), { args: [new Map([[1, 2]]), new Decimal("1.10"), () => 1] });
  const { exc_message } = encodeException(error);
  assert.deepEqual(exc_message, ["{1: 2}", new Decimal("1.10"), "<function <lambda>>"]);
});

test("a thrown value that is not an Error becomes its argument", () => {
  assert.deepEqual(encodeException("plain text"), {
    exc_type: "Error",
    exc_message: ["plain text"],
    exc_module: "builtins",
  });
  assert.deepEqual(encodeException({ code: 7 }).exc_message, [{ code: 7 }]);
  for (const [thrown, text] of [
    [undefined, "undefined"],
    [null, "null"],
    [0, "0"],
    ["", "an empty string"],
  ]) {
    const message = `the task threw ${text}, which is not an Error`;
    assert.deepEqual(encodeException(thrown).exc_message, [message]);
    assert.equal(toError(thrown).message, message);
  }
  assert.equal(toError({ code: 7 }).message, "{'code': 7}");
  const error = new RangeError("x");
  assert.equal(toError(error), error);
});

test("an error of another context is stored as what it is", () => {
  const thrown = runInNewContext("Object.assign(new TypeError('m'), { args: ['m', 1] })");

  assert.deepEqual(encodeException(thrown), { exc_type: "TypeError", exc_message: ["m", 1], exc_module: "builtins" });
  assert.ok(toError(thrown) instanceof Error);
  assert.equal(toError(thrown).stack, thrown.stack);
  const custom = runInNewContext("class Two extends Error { static module = 'a.b'; }; new Two('m')");
  assert.deepEqual(encodeException(custom), { exc_type: "Two", exc_message: ["m"], exc_module: "a.b" });
  assert.equal(encodeException(Object.setPrototypeOf(new Error("m"), null)).exc_type, "Error");
});

test("an error with odd fields is stored with texts", () => {
  for (const [field, value] of Object.entries({
    name: 7,
    excType: 7,
    excModule: {},
    stack: {},
    constructor: { name: 1 },
  })) {
    const odd = Object.assign(new Error("m"), { [field]: value });

    assert.deepEqual(encodeException(odd), { exc_type: "Error", exc_message: ["m"], exc_module: "builtins" }, field);
    assert.match(formatTraceback(odd), /m/);
  }
});

test("an exception without a module is read, as by Celery", () => {
  const error = decodeException({ exc_type: "Odd", exc_message: "just text" });
  assert.deepEqual([error.name, error.message, error.args], ["Odd", "just text", ["just text"]]);
  assert.equal(
    decodeException({ exc_type: "Odd", exc_message: [new DateTime("2026-01-02T03:04:05")] }).message,
    "datetime.datetime(2026, 1, 2, 3, 4, 5)",
  );
});

test("a stored value that is not an exception is refused", () => {
  for (const stored of [null, undefined, "text", 7, [], {}, { exc_type: 7 }]) {
    assert.throws(() => decodeException(stored), errors.DecodeError);
  }
});

test("a traceback is the stack with the stacks of its causes", () => {
  const root = new RangeError("the root");
  const text = formatTraceback(new Error("outer", { cause: root }));
  assert.match(text, /^Error: outer\n {4}at [\s\S]+\n\nCaused by: RangeError: the root\n {4}at [\s\S]+\n$/);
  assert.equal(formatTraceback("text"), "Thrown: 'text'\n");
  const remote = decodeException(
    { exc_type: "ValueError", exc_message: ["x"] },
    "Traceback (most recent call last):\n...\n",
  );
  assert.equal(formatTraceback(remote), "Traceback (most recent call last):\n...\n");
});

test("a traceback has the errors of an AggregateError", () => {
  const parts = [new RangeError("one", { cause: "why" }), 5];
  const text = formatTraceback(new AggregateError(parts, "many"));
  assert.match(
    text,
    /^AggregateError: many[\s\S]+Caused by: RangeError: one[\s\S]+Caused by: Thrown: 'why'\n\nCaused by: Thrown: 5\n$/,
  );
});

test("a circular chain of causes ends", () => {
  const first = new Error("first");
  first.cause = new Error("second", { cause: first });
  assert.ok(formatTraceback(first).length < 100_000);
});
