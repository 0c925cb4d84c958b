/** Large messages, whose bodies are not parsed with their envelopes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeEnvelope, decodeTask } from "../../src/protocol/message.js";

const LARGE = 200_000;

/**
 * @param {unknown} args
 * @param {{ body?: string, encoding?: string, rest?: string }} [parts] of the message, as JSON texts
 */
function wire(args, { body, encoding = "base64", rest = "" } = {}) {
  const base64 = Buffer.from(JSON.stringify([args, {}, {}])).toString("base64");
  return (
    `{"body": "${body ?? base64}", "content-encoding": "utf-8", "content-type": "application/json", ` +
    `"headers": {"lang": "py", "task": "add", "id": "id1"}, "properties": {"body_encoding": "${encoding}"}${rest}}`
  );
}

/** @param {string} raw */
const read = (raw) => decodeTask(decodeEnvelope(raw)).args;

/** @type {ReadonlyArray<[what: string, args: unknown[]]>} */
const READ = [
  ["ASCII text", ["x".repeat(LARGE)]],
  ["other text", ["ü€😀".repeat(LARGE)]],
  ["more than the buffer that serves again", ["x".repeat(5_000_000), 1]],
  ["just as much as that buffer", ["x".repeat(2_097_152 - JSON.stringify([[""], {}, {}]).length)]],
];

describe("a large message is read:", () => {
  for (const [what, args] of READ) test(what, () => assert.deepEqual(read(wire(args)), args));

  test("whatever the length of its body", () => {
    for (let more = 0; more < 6; more += 1) {
      const args = ["x".repeat(LARGE + more)];

      assert.deepEqual(read(wire(args)), args);
    }
  });

  test("with a body that is not base64", () => {
    const body = JSON.stringify(JSON.stringify([["x".repeat(LARGE)], {}, {}])).slice(1, -1);

    assert.deepEqual(read(wire([], { body, encoding: "utf-8" })), ["x".repeat(LARGE)]);
  });

  test("with line breaks in its base64", () => {
    const lines =
      Buffer.from(JSON.stringify([["x".repeat(LARGE)], {}, {}]))
        .toString("base64")
        .match(/.{1,60}/g) ?? [];

    assert.deepEqual(read(wire([], { body: lines.join("\\n") })), ["x".repeat(LARGE)]);
  });

  test("with a second body, which replaces the first", () => {
    const second = Buffer.from(JSON.stringify([[1], {}, {}])).toString("base64");

    assert.deepEqual(read(wire(["x".repeat(LARGE)], { rest: `, "body": "${second}"` })), [1]);
  });

  test("and keeps its values when the next one is read", () => {
    const bytes = Buffer.alloc(LARGE, 1);
    const typed = { __type__: "base64", __value__: bytes.toString("base64") };
    const first = read(wire([typed, "x".repeat(LARGE)]));
    read(wire(["y".repeat(2 * LARGE)]));

    assert.deepEqual(first, [bytes, "x".repeat(LARGE)]);
  });
});

describe("a large message is refused:", () => {
  for (const character of ["\n", "\t", "\u0001"]) {
    for (const at of [0, 4, LARGE / 2, LARGE]) {
      test(`for a bare ${JSON.stringify(character)} at ${at} of its body`, () => {
        const text = "QUJD".repeat(LARGE / 4);
        const body = text.slice(0, at) + character + text.slice(at);

        assert.throws(() => read(wire([], { body })), /^DecodeError: not JSON/);
        assert.throws(() => read(wire([], { body: body.slice(0, at) + character.repeat(4) + body.slice(at + 1) })), {
          name: "DecodeError",
        });
      });
    }
  }

  test("if its body is not UTF-8", () => {
    const body = Buffer.alloc(LARGE, 0xff).toString("base64");

    assert.throws(() => read(wire([], { body })), /^DecodeError: The body is not UTF-8 text/);
  });

  test("if its envelope is cut off", () => {
    const raw = wire(["x".repeat(LARGE)]);

    assert.throws(() => read(raw.slice(0, -2)), /^DecodeError: not JSON/);
    assert.throws(() => read(raw.slice(0, LARGE)), /^DecodeError: not JSON/);
  });
});
