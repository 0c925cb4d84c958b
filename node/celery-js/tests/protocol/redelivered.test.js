import assert from "node:assert/strict";
import { test } from "node:test";
import { DecodeError } from "../../src/errors.js";
import { decodeEnvelope, decodeTask, markRedelivered } from "../../src/protocol/message.js";
import { fixture } from "./fixtures.js";

/** @typedef {{ headers?: Record<string, unknown>, properties?: { delivery_info?: Record<string, unknown> } }} Payload */

for (const { name, raw, restored } of /** @type {Array<{ name: string, raw: string, restored: string }>} */ (
  fixture("redelivered")
)) {
  test(`${name}: marked with the same bytes as by kombu`, () => {
    assert.equal(markRedelivered(raw), restored);
    assert.equal(markRedelivered(restored), restored);
    assert.equal(decodeTask(decodeEnvelope(restored)).redelivered, true);
  });
}

for (const { name, raw } of /** @type {Array<{ name: string, raw: string }>} */ (fixture("other-clients"))) {
  test(`${name}: the mark is all that changes`, () => {
    const marked = markRedelivered(raw);
    const payload = JSON.parse(marked);
    assert.equal(payload.headers.redelivered, true);
    assert.equal(payload.properties.delivery_info.redelivered, true);
    assert.equal(marked.replaceAll(/(, )?"redelivered": true/g, ""), raw);
  });
}

/** @type {Array<[string, string, string]>} */
const EDITS = [
  ["objects that are missing are left out", '{"body": "x"}', '{"body": "x"}'],
  [
    "an object of another kind is left as it is",
    '{"headers": null, "properties": []}',
    '{"headers": null, "properties": []}',
  ],
  ["an empty object gets its only member", '{"headers": { }}', '{"headers": {"redelivered": true }}'],
  ["the last member is followed", '{"headers":{"a":1 }}', '{"headers":{"a":1, "redelivered": true }}'],
  [
    "a member that is there is overwritten",
    '{"headers": {"redelivered" : false, "a": 1}}',
    '{"headers": {"redelivered" : true, "a": 1}}',
  ],
  [
    "a repeated member is overwritten wherever it is",
    '{"headers": {"redelivered": {"x": [1]}, "b": 1, "redelivered":"no"}}',
    '{"headers": {"redelivered": true, "b": 1, "redelivered":true}}',
  ],
  [
    "an escaped key is the same key",
    '{"\\u0068eaders": {"redeliver\\u0065d": false}}',
    '{"\\u0068eaders": {"redeliver\\u0065d": true}}',
  ],
  [
    "a repeated object is marked each time, since readers take the last",
    '{"headers": {}, "headers": {"a": 1}}',
    '{"headers": {"redelivered": true}, "headers": {"a": 1, "redelivered": true}}',
  ],
  [
    "an object of the same name elsewhere is not the one",
    '{"properties": {"headers": {}, "x": {"delivery_info": {}}}, "delivery_info": {}, "x": {"headers": {}}}',
    '{"properties": {"headers": {}, "x": {"delivery_info": {}}}, "delivery_info": {}, "x": {"headers": {}}}',
  ],
  [
    "brackets and quotes in strings are text",
    '{"body": "\\"headers\\": {}}]", "headers": {"}": "\\\\", "{": "\\\\\\"}"}}',
    '{"body": "\\"headers\\": {}}]", "headers": {"}": "\\\\", "{": "\\\\\\"}", "redelivered": true}}',
  ],
  [
    "numbers, white space and Python's constants stay as they are",
    '\n{ "headers" :\t{ "n" : 123456789012345678901234567890 , "x" : [ NaN , -Infinity , 1.10 ] }\r\n}  ',
    '\n{ "headers" :\t{ "n" : 123456789012345678901234567890 , "x" : [ NaN , -Infinity , 1.10 ], "redelivered": true }\r\n}  ',
  ],
];

for (const [rule, raw, expected] of EDITS) {
  test(rule, () => {
    assert.equal(markRedelivered(raw), expected);
  });
}

test("a message that is nested deeper than the stack is marked", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  assert.equal(markRedelivered(`{"headers": {"x": ${deep}}}`), `{"headers": {"x": ${deep}, "redelivered": true}}`);
});

test("a text that is not a JSON object is refused", () => {
  for (const raw of [
    "",
    "[]",
    "{",
    '{"headers"',
    '{"headers": {',
    '{"headers": {"a": "}',
    '{"headers": {"a": 1',
    "{1: 2}",
    '{"a": ]}',
    '{"a": [}',
    '{"a" 1}',
    '{"a": 1 "b": 2}',
    '{"headers": }',
  ]) {
    assert.throws(() => markRedelivered(raw), DecodeError, raw);
  }
});

/** A fixed sequence, so that a failure can be repeated. @param {number} seed */
function randomOf(seed) {
  let state = seed;
  /** @param {number} below */
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const NASTY_TEXTS = [
  '"',
  "\\",
  '\\"',
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "headers",
  "redelivered",
  "é",
  "\u2028",
  "\u0000",
  "\ud83d",
  "NaN",
  "",
];
const KEYS = ["headers", "properties", "delivery_info", "redelivered", "body", ...NASTY_TEXTS];

/**
 * @param {(below: number) => number} random
 * @param {number} depth
 * @returns {unknown}
 */
function randomValue(random, depth) {
  switch (random(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return random(1000) - 500;
    case 3:
      return random(1000) / 7;
    case 4:
      return Array.from({ length: random(4) }, () => NASTY_TEXTS[random(NASTY_TEXTS.length)]).join("");
    case 5:
      return Array.from({ length: random(4) }, () => randomValue(random, depth - 1));
    default:
      return randomObject(random, depth - 1);
  }
}

/**
 * @param {(below: number) => number} random
 * @param {number} depth
 */
function randomObject(random, depth) {
  return Object.fromEntries(
    Array.from({ length: random(6) }, () => [KEYS[random(KEYS.length)], randomValue(random, depth)]),
  );
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What marking means, on the decoded message. @param {Record<string, unknown>} payload */
function marked(payload) {
  if (isObject(payload.headers)) payload.headers.redelivered = true;
  if (isObject(payload.properties) && isObject(payload.properties.delivery_info)) {
    payload.properties.delivery_info.redelivered = true;
  }
  return payload;
}

test("marking the text equals marking the decoded message", () => {
  const random = randomOf(20261122);
  for (let round = 0; round < 3000; round++) {
    const payload = randomObject(random, 5);
    const raw = JSON.stringify(payload, null, [undefined, 1, "\t"][random(3)]);
    assert.deepEqual(JSON.parse(markRedelivered(raw)), marked(JSON.parse(raw)), raw);
  }
});

test("a mark that is repeated two hundred thousand times is set everywhere", () => {
  const marks = Array(200_000).fill('"redelivered": 0').join(", ");
  const marked = markRedelivered(`{"headers": {${marks}}, "properties": {"delivery_info": {${marks}}}}`);
  assert.equal(marked.split('"redelivered": true').length - 1, 400_000);
});
