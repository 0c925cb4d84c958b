/** The limits of a message: what is refused where it is read, by which name, and how soon. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { payloadText } from "../../src/protocol/compression.js";
import { DEFAULT_LIMITS } from "../../src/protocol/limits.js";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../../src/protocol/message.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

const ADDRESS = { exchange: "", routingKey: "q" };

/** @param {Buffer} text */
const quickBrotli = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

/** @param {number} n */
const nested = (n) => "[".repeat(n) + "]".repeat(n);

/**
 * A message that another client has written, with no regard for limits.
 *
 * @param {{ args?: string, embed?: string, headers?: string, compression?: "gzip" | "brotli" }} parts JSON texts
 */
function wire({ args = "[]", embed = "{}", headers = "", compression }) {
  const text = Buffer.from(`[${args}, {}, ${embed}]`);
  const body = compression ? { gzip: gzipSync, brotli: quickBrotli }[compression](text) : text;
  const own = compression ? `, "compression": "${compression}"` : "";
  return (
    `{"body": "${body.toString("base64")}", "content-encoding": "utf-8", "content-type": "application/json", ` +
    `"headers": {"lang": "py", "task": "add", "id": "id1"${own}${headers}}, "properties": {"body_encoding": "base64"}}`
  );
}

/**
 * @param {string} raw
 * @param {Partial<import("../../src/protocol/limits.js").Limits>} [limits]
 */
function read(raw, limits) {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return decodeTask(decodeEnvelope(raw, all), all);
}

const many = (/** @type {number} */ n) => JSON.stringify(Array.from({ length: n }, () => ({ task: "t" })));

/** @param {number} n */
const distinct = (n) => JSON.stringify(Array.from({ length: n }, (_, i) => i.toString(36)));

/** @type {ReadonlyArray<[what: string, raw: () => string, message: RegExp, name: string]>} */
const REFUSED = [
  [
    "a body nested too deep",
    () => wire({ args: nested(301) }),
    /^the body is nested too deep: the limit is messageDepthLimit=300$/,
    "DecodeError",
  ],
  [
    "headers nested too deep",
    () => wire({ headers: `, "x": ${nested(600)}` }),
    /^the message is nested too deep: .*messageDepthLimit=300$/,
    "DecodeError",
  ],
  ["a large body nested too deep", () => wire({ args: nested(8_000_000) }), /messageDepthLimit=300$/, "DecodeError"],
  [
    "16 MB of lists",
    () => wire({ args: `[${"[],".repeat(5_500_000)}[]]` }),
    /messageValueLimit=1000000$/,
    "DecodeError",
  ],
  [
    "16 MB of members",
    () => wire({ args: `[{${'"a":1,'.repeat(2_700_000)}"b":1}]` }),
    /messageValueLimit=1000000$/,
    "DecodeError",
  ],
  [
    "60 MB of short strings",
    () => wire({ args: distinct(6_000_000), compression: "gzip" }),
    /^the body has too many strings, two for each value: the limit is messageValueLimit=1000000$/,
    "DecodeError",
  ],
  [
    "60 MB of numbers",
    () => wire({ args: `[${"1.5,".repeat(15_000_000)}1]`, compression: "gzip" }),
    /^the body has too many items, five for each value: the limit is messageValueLimit=1000000$/,
    "DecodeError",
  ],
  [
    "20 MB of NaN",
    () => wire({ args: `[${"NaN,".repeat(4_900_000)}1]`, compression: "gzip" }),
    /^more than 1000000 times NaN or Infinity/,
    "DecodeError",
  ],
  [
    "250 MB in a small gzip",
    () => wire({ args: `["${" ".repeat(250_000_000)}"]`, compression: "gzip" }),
    /^the compressed body grows too large: the limit is decompressedSizeLimit=67108864$/,
    "DecodeError",
  ],
  [
    "250 MB in a small brotli",
    () => wire({ args: `["${" ".repeat(250_000_000)}"]`, compression: "brotli" }),
    /decompressedSizeLimit/,
    "DecodeError",
  ],
  [
    "a message too large",
    () => wire({ args: `["${"x".repeat(51_000_000)}"]` }),
    /^the message has \d+ bytes: the limit is messageSizeLimit=67108864$/,
    "DecodeError",
  ],
  [
    "10,000 callbacks",
    () => wire({ embed: `{"callbacks": ${many(5_000)}, "errbacks": ${many(5_000)}}` }),
    /^the task has 10000 callbacks and errbacks: the limit is callbackLimit=1000$/,
    "InvalidTaskError",
  ],
  [
    "a chain too long",
    () => wire({ embed: `{"chain": ${many(10_001)}}` }),
    /^the chain has 10001 more tasks: the limit is chainLengthLimit=10000$/,
    "InvalidTaskError",
  ],
];

test("names and moments that are too long are refused where they are read and where they are written", () => {
  const tooLong = "x".repeat(2049);
  const refused = (/** @type {string} */ name) => `the task's ${name} has 2049 bytes: the limit is 2048`;

  for (const name of ["task", "shadow", "root_id", "parent_id", "group", "eta", "expires"]) {
    const envelope = JSON.parse(wire({}));
    envelope.headers[name] = tooLong;
    const error = { name: "InvalidTaskError", message: refused(name), taskId: "id1" };
    assert.throws(() => read(JSON.stringify(envelope)), error);

    const fields = { task: "t", id: "id1", args: [], [name]: tooLong };
    const old = { ...envelope, body: Buffer.from(JSON.stringify(fields)).toString("base64"), headers: {} };
    assert.throws(() => read(JSON.stringify(old)), error);
  }
  for (const name of ["correlation_id", "delivery_tag", "reply_to"]) {
    const envelope = JSON.parse(wire({}));
    envelope.properties[name] = tooLong;
    assert.throws(() => read(JSON.stringify(envelope)), { name: "InvalidTaskError", message: refused(name) });
  }
  const task = { taskId: "id1", name: "t", shadow: tooLong };
  assert.throws(() => taskMessage(task), { name: "EncodeError", message: refused("shadow") });
});

test("an id that is too long is refused where it is read and where it is written", () => {
  const [longest, tooLong] = ["é".repeat(1024), `${"é".repeat(1024)}x`];
  const refusal = "the task's id has 2049 bytes: the limit is 2048";

  assert.equal(read(wire({}).replace('"id1"', `"${longest}"`)).id, longest);
  assert.throws(() => read(wire({}).replace('"id1"', `"${tooLong}"`)), {
    name: "InvalidTaskError",
    message: refusal,
    taskId: tooLong,
  });
  assert.throws(() => taskMessage({ taskId: tooLong, name: "t" }), { name: "EncodeError", message: refusal });
});

describe("is refused early, naming the limit and the task:", () => {
  for (const [what, make, message, name] of REFUSED) {
    test(what, () => {
      const raw = make();
      const startedAt = cpuMs();

      assert.throws(
        () => read(raw),
        (/** @type {Error & { taskId?: string }} */ error) => {
          assert.match(error.message, message);
          assert.deepEqual([error.name, error.taskId], [name, "id1"]);
          return true;
        },
      );
      const tookMs = cpuMs() - startedAt;
      assert.ok(tookMs < SOON_MS, `${tookMs} ms`);
    });
  }
});

for (const [what, args] of [
  ["a million numbers", JSON.stringify(Array.from({ length: 1_000_000 }, (_, n) => n))],
  ["a million texts", distinct(1_000_000)],
]) {
  test(`a list of ${what} is read`, () => {
    assert.equal(read(wire({ args: `[${args}]` })).args.length, 1);
  });
}

test("a message at a limit is read", () => {
  const limits = { messageDepthLimit: 10, callbackLimit: 3, chainLengthLimit: 2 };
  const raw = wire({
    args: nested(9),
    embed: `{"callbacks": ${many(2)}, "errbacks": ${many(1)}, "chain": ${many(2)}}`,
  });

  assert.equal(read(raw, limits).embed.chain?.length, 2);
  assert.throws(() => read(raw, { ...limits, messageDepthLimit: 9 }), /messageDepthLimit=9/);
  assert.throws(() => read(raw, { ...limits, callbackLimit: 2 }), /callbackLimit=2/);
  assert.throws(() => read(raw, { ...limits, chainLengthLimit: 1 }), /chainLengthLimit=1/);
});

test("brackets, colons and quotes in strings do not count", () => {
  const text = JSON.stringify([`${'[{:\\"'.repeat(30_000)}`]);

  assert.equal(read(wire({ args: text }), { messageDepthLimit: 10, messageValueLimit: 20 }).args.length, 1);
});

test("the sender refuses a message that a worker would refuse", () => {
  /**
   * @param {object} options
   * @param {string} [compression]
   */
  const send = (options, compression) =>
    encodeEnvelope(taskMessage({ taskId: "id1", name: "add", args: [], ...options }), { ...ADDRESS, compression });

  assert.throws(
    () => send({ args: JSON.parse(nested(300)) }),
    /^EncodeError: the body is nested too deep: .*messageDepthLimit=300/,
  );
  assert.throws(() => send({ callbacks: Array(1001).fill({ task: "t" }) }), /^EncodeError: .*callbackLimit=1000/);
  assert.throws(() => send({ chain: Array(10_001).fill({ task: "t" }) }), /^EncodeError: .*chainLengthLimit=10000/);
  assert.throws(
    () => send({ args: ["x".repeat(68_000_000)] }, "gzip"),
    /^EncodeError: .*decompressedSizeLimit=67108864/,
  );
});

test("a compressed result has the same limit", () => {
  const text = Buffer.from(" ".repeat(2_000));
  const payload = Buffer.concat([Buffer.from("\0celery-compressed\0application/x-gzip\0"), gzipSync(text)]);

  assert.equal(payloadText(payload, 2_000).length, 2_000);
  assert.throws(() => payloadText(payload, 1_999), /^DecodeError: .*decompressedSizeLimit=1999/);
});
