/**
 * A script as one command of ioredis. Its text is made at once: a batch has hundreds of arguments, and ioredis copies them several
 * times, measures each by a call out of JavaScript, and keeps them until the reply has come. (Measured on a worker with 50 no-op
 * tasks at a time: a command that settles 112 tasks costs 0.6 us a task, where it cost 1.1.)
 */
import { createHash } from "node:crypto";
import { Command } from "ioredis";

/** @typedef {import("./scripts.js").ScriptArgument} ScriptArgument */
/** @typedef {{ lua: string, sha: string }} Script */

/**
 * @param {string} lua
 * @returns {Script}
 */
export const scriptOf = (lua) => ({ lua, sha: createHash("sha1").update(lua).digest("hex") });

export class ScriptCommand extends Command {
  #bytes;

  /**
   * @param {"eval" | "evalsha"} name
   * @param {string} script its text, or its hash
   * @param {readonly string[]} keys
   * @param {readonly ScriptArgument[]} args
   */
  constructor(name, script, keys, args) {
    super(name, [script], { replyEncoding: "utf8" }); // who watches commands sees which script it is
    const head = `*${3 + keys.length + args.length}\r\n${bulk(name)}${bulk(script)}${bulk(String(keys.length))}`;
    this.#bytes = encode(head, keys, args);
  }

  /** ioredis writes what this returns, once. @override */
  toWritable() {
    const bytes = this.#bytes;
    this.#bytes = Buffer.alloc(0); // see `forget` of reply-check.js
    return bytes;
  }
}

/** @param {string} text */
const bulk = (text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/**
 * @param {string} head
 * @param {readonly string[]} keys
 * @param {readonly ScriptArgument[]} args
 * @returns {Buffer}
 */
function encode(head, keys, args) {
  let text = head;
  for (const key of keys) text += bulk(key);
  const start = text;
  for (const arg of args) {
    if (Buffer.isBuffer(arg)) return encodeBytes(start, args);
    const word = typeof arg === "string" ? arg : String(arg);
    text += `$${word.length}\r\n${word}\r\n`;
  }
  const bytes = Buffer.from(text);
  // A character has as many bytes as the lengths say if all of them are ASCII, as results are.
  return bytes.length === text.length ? bytes : encodeBytes(start, args);
}

/**
 * @param {string} start
 * @param {readonly ScriptArgument[]} args of which some are bytes, or not ASCII
 * @returns {Buffer}
 */
function encodeBytes(start, args) {
  /** @type {Uint8Array[]} */
  const parts = [Buffer.from(start)];
  for (const arg of args) {
    const bytes = Buffer.isBuffer(arg) ? arg : Buffer.from(String(arg));
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));
  }
  return Buffer.concat(parts);
}
