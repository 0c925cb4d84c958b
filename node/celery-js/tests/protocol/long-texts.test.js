/** Texts of millions of characters: written soon, and shown in errors in part. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toSignature } from "../../src/canvas/signature.js";
import { MaxRetriesExceededError } from "../../src/errors.js";
import { planRetry } from "../../src/execution/retry.js";
import { encodeException, exceptionRepr, formatTraceback } from "../../src/protocol/exceptions.js";
import { loads } from "../../src/protocol/json.js";
import { quote } from "../../src/protocol/json-dumps.js";
import { decodeTask } from "../../src/protocol/message.js";
import { pythonRepr } from "../../src/protocol/repr.js";
import { bindArguments } from "../../src/tasks/binding.js";
import { parseParameters } from "../../src/tasks/parameters.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

const LONG = "\x7f".repeat(5_000_000);
/** More than any error shows. */
const SHORT_LENGTH = 1_000;

/** @param {string} text */
const typed = (text, type = "decimal") => JSON.stringify({ __type__: type, __value__: text });

describe("escaping a long text", () => {
  for (const [what, text] of /** @type {const} */ ([
    ["of one alphabet", "Привет, мир! ".repeat(1_000)],
    ["of ASCII with single others", `${"plain 'text' \\ \" \n".repeat(500)}é${"x".repeat(9_000)}\u{1f600}`],
    ["of pairs across the pieces", `x${"\u{1f600}".repeat(3_000)}`],
    ["of lone surrogates and controls", "\ud800\x00\x7f\udfff".repeat(2_000)],
  ])) {
    test(`${what} gives Python's text`, () => {
      const expected = JSON.stringify(text).replace(
        /[\x7f-\uffff]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );

      assert.equal(quote(text), expected);
    });
  }

  test("takes a fraction of a second for millions of characters", () => {
    const before = cpuMs();

    const text = quote(LONG.repeat(3)) + quote("aé".repeat(5_000_000));

    assert.equal(text.length, 4 + 15_000_000 * 6 + 5_000_000 * 7);
    assert.ok(cpuMs() - before < SOON_MS);
  });
});

/** @type {ReadonlyArray<[what: string, fail: () => unknown, message: RegExp]>} */
const SHOWN_IN_PART = [
  ["an unknown type", () => loads(typed("1", LONG)), /^Unsupported type "\x7f+\.\.\."$/],
  ["a wrong decimal", () => loads(typed(LONG)), /^not a decimal: "\x7f+\.\.\." is not a decimal number$/],
  ["a wrong time", () => loads(typed(LONG, "time")), /^not a time: "\x7f+\.\.\." is not a time of day/],
  ["a wrong moment", () => loads(typed(LONG, "datetime")), /^not a datetime: "\x7f+\.\.\." is not an ISO 8601/],
  ["a wrong UUID", () => loads(`{"__type__": "uuid", "__value__": {"hex": ${quote(LONG)}}}`), /is not a UUID$/],
  ["a body's encoding", () => decode({ properties: { body_encoding: LONG } }), /^The body's encoding "\x7f+\.\.\."/],
  [
    "a compression",
    () => decode({ headers: { compression: LONG } }),
    /^Cannot read a body compressed as "\x7f+\.\.\."/,
  ],
  ["a content type", () => decode({ contentType: LONG }), /content of type \x7f+\.\.\.; only/],
  ["an eta", () => decode({ headers: { eta: [LONG] } }), /^invalid ETA value an array$/],
  [
    "a keyword argument",
    () =>
      bindArguments(
        parseParameters(() => {}, { name: "f" }),
        [],
        { [LONG]: 1 },
        "f",
      ),
    /^f\(\) got an unexpected keyword argument '\x7f+\.\.\.'$/,
  ],
  ["the type of a signature", () => toSignature({ task: "t", subtask_type: LONG }, null), /of type '\x7f+\.\.\.'$/],
  ["the name of a signature", () => toSignature({ task: LONG }, null), /has 5000000 characters: the limit is 2048$/],
];

describe("an error shows only the beginning", () => {
  for (const [what, fail, message] of SHOWN_IN_PART) {
    test(`of ${what}`, () => {
      assert.throws(fail, (/** @type {Error} */ error) => {
        assert.match(error.message, message);
        return error.message.length < SHORT_LENGTH;
      });
    });
  }

  test("of the arguments of a task without retries left", () => {
    const message = { name: "t", id: "id1", retries: 3, args: [LONG, { key: [LONG] }], kwargs: {} };
    const task = {
      name: "t",
      maxRetries: 3,
      parameters: parseParameters((/** @type {unknown} */ _) => {}, { name: "t" }),
    };

    const plan = () => planRetry(/** @type {any} */ ({ task, message, delivery: {} }), {});

    assert.throws(plan, (/** @type {Error} */ error) => {
      assert.ok(error instanceof MaxRetriesExceededError);
      assert.match(error.message, /^Can't retry t\[id1\] args:\('(\\x7f)+\.\.\.', \.\.\.\) kwargs:\{\}$/);
      return error.message.length < 300_000;
    });
  });
});

describe("what is stored of an error", () => {
  test("is cut where its message has millions of characters", () => {
    const error = new Error(LONG);

    const { exc_message } = encodeException(error);

    assert.ok(String(exc_message[0]).length < 300_000);
    assert.ok(exceptionRepr(error).length < 1_200_000);
    assert.ok(formatTraceback(error).length < 300_000);
    assert.match(formatTraceback(error), /\n\.\.\.\n.* at /s, "and the calls are kept");
  });

  test("is whole where the message is of normal length", () => {
    const message = "é".repeat(100_000);

    assert.deepEqual(encodeException(new Error(message)).exc_message, [message]);
  });
});

test("the complete repr has no end, unless one is given", () => {
  assert.equal(pythonRepr("é".repeat(100_000)).length, 100_002);
  assert.equal(pythonRepr(["abc", "def", 1], 3), "['ab...', ...]");
});

/**
 * @param {object} parts
 * @param {Record<string, unknown>} [parts.headers]
 * @param {Record<string, unknown>} [parts.properties]
 * @param {string} [parts.contentType]
 */
function decode({ headers = {}, properties = {}, contentType = "application/json" }) {
  const all = { task: "t", id: "id1", ...headers };
  return decodeTask({ body: "[[], {}, {}]", contentType, contentEncoding: "utf-8", headers: all, properties });
}
