import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeEnvelope } from "../../src/protocol/message.js";
import { decodeCommand, decodeReply, encodeCommand, encodeReply, isAddressedTo } from "../../src/protocol/pidbox.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

const HEADERS = { clock: 7, expires: 0 };
const NOBODY = { destination: null, pattern: null, matcher: null };

describe("a command of remote control", () => {
  test("is read as it was written", () => {
    const replyTo = { exchange: "reply.celery.pidbox", routingKey: "me" };
    const command = { method: "revoke", arguments: { task_id: "a" }, ...NOBODY, replyTo, ticket: "t" };
    assert.deepEqual(decodeCommand(encodeCommand(command, HEADERS, "celery.pidbox")), { ...command, clock: 7 });
  });

  test("without reply_to has no address for an answer", () => {
    const raw = encodeCommand({ method: "shutdown", arguments: {} }, HEADERS, "celery.pidbox");
    const body = JSON.parse(Buffer.from(JSON.parse(raw).body, "base64").toString());
    assert.deepEqual(body, { method: "shutdown", arguments: {}, ...NOBODY });
    assert.equal(decodeCommand(raw).replyTo, null);
  });

  test("without a method is refused", () => {
    const raw = encodeReply("w@h", 1, { replyTo: { exchange: "e", routingKey: "r" }, ticket: null, clock: 1 });
    assert.throws(() => decodeCommand(raw), { name: "DecodeError", message: "The message names no command" });
  });

  test("with a name or a ticket of 500,000 characters is refused", () => {
    const long = "\x7f".repeat(500_000);
    for (const [what, wrong] of [
      ["name", { method: long }],
      ["ticket", { method: "stats", ticket: long }],
    ]) {
      const raw = encodeEnvelope({ headers: {}, properties: {}, body: wrong }, { exchange: "e", routingKey: "" });

      assert.throws(() => decodeCommand(raw), { message: new RegExp(`^The command's ${what} is longer than \\d+`) });
    }
  });

  test("a command has limits of its own", () => {
    const limits = [
      [{ own: "x".repeat(9_000_000) }, /bytes: the limit is messageSizeLimit=8388608/],
      [{ own: Array.from({ length: 200_001 }, () => []) }, /the limit is messageValueLimit=200000/],
    ];
    for (const [args, message] of limits) {
      const raw = encodeCommand({ method: "ping", arguments: /** @type {any} */ (args) }, HEADERS, "celery.pidbox");

      assert.throws(() => decodeCommand(raw), { name: "DecodeError", message });
    }
  });

  test("is for its destinations, its pattern's workers, or all", () => {
    assert.equal(isAddressedTo(NOBODY, "w@h"), true);
    assert.equal(isAddressedTo({ ...NOBODY, destination: [] }, "w@h"), true);
    assert.equal(isAddressedTo({ ...NOBODY, destination: ["w@h", "x@h"] }, "w@h"), true);
    assert.equal(isAddressedTo({ ...NOBODY, destination: ["x@h"] }, "w@h"), false);
    assert.equal(isAddressedTo({ ...NOBODY, pattern: "w@*", matcher: "glob" }, "w@h"), true);
    assert.equal(isAddressedTo({ ...NOBODY, pattern: "@*", matcher: "glob" }, "w@h"), false);
    assert.equal(isAddressedTo({ ...NOBODY, pattern: "[vw]@", matcher: "pcre" }, "w@h"), true);
    assert.equal(isAddressedTo({ ...NOBODY, pattern: "@h", matcher: "pcre" }, "w@h"), false, "from the start");
  });

  test("without a clear address is refused", () => {
    const headers = { headers: HEADERS, properties: {} };
    for (const wrong of [{ destination: 5 }, { destination: {} }, { pattern: ["a"] }, { matcher: 1 }]) {
      const raw = encodeEnvelope({ ...headers, body: { method: "ping", ...wrong } }, { exchange: "e", routingKey: "" });
      assert.throws(() => decodeCommand(raw), { name: "DecodeError" }, JSON.stringify(wrong));
    }
    const raw = encodeEnvelope(
      { ...headers, body: { method: "ping", destination: "w@h" } },
      { exchange: "e", routingKey: "" },
    );
    assert.equal(isAddressedTo(decodeCommand(raw), "w@h"), true);
    assert.equal(isAddressedTo(decodeCommand(raw), "x@h"), false);
  });

  test("with a pattern that may take long is refused", () => {
    const before = cpuMs();
    const slow = [
      "(((.+)+)+)+!",
      `${".*".repeat(30)}!`,
      `${"(|)".repeat(40)}!`,
      "(?:a*)b",
      "(a) *".repeat(5),
      "(a|b){2}",
    ];
    for (const pattern of slow) {
      assert.throws(
        () => isAddressedTo({ ...NOBODY, pattern, matcher: "pcre" }, `celery@${"x".repeat(60)}`),
        /may take too long to match: at most 4 of/,
        pattern,
      );
    }
    const long = { ...NOBODY, pattern: "*?".repeat(128), matcher: "glob" };
    assert.throws(() => isAddressedTo(long, "w@h"), /longer than 255 characters/);
    const most = { ...NOBODY, pattern: ".*.*.*.*!", matcher: "pcre" };
    assert.equal(isAddressedTo(most, "x".repeat(100)), false);
    assert.ok(cpuMs() - before < SOON_MS);
  });

  test("with an invalid pattern is refused", () => {
    assert.throws(() => isAddressedTo({ ...NOBODY, pattern: "(", matcher: "pcre" }, "w@h"), { name: "DecodeError" });
    assert.throws(() => isAddressedTo({ ...NOBODY, pattern: "a", matcher: "sql" }, "w@h"), {
      name: "DecodeError",
      message: "No matcher installed for sql",
    });
  });
});

describe("an answer", () => {
  test("carries the ticket and the clock, and is named by its worker", () => {
    const about = { replyTo: { exchange: "reply.celery.pidbox", routingKey: "me" }, ticket: "t", clock: 3 };
    const raw = encodeReply("w@h", { ok: "pong" }, about);
    assert.deepEqual(decodeReply(raw), { ticket: "t", clock: 3, replies: { "w@h": { ok: "pong" } } });
  });
});
