/**
 * The one place that knows which type each command's reply has. Guarantee: a caller gets a reply that its command can have, or an
 * error; a reply of any other type belongs to another command (a faulty proxy), as do those that follow, so the connection is
 * thrown away.
 */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import * as dataHandler from "ioredis/built/DataHandler.js";
import { SOURCE_URL } from "../../package-files.js";

/** @typedef {(reply: unknown, args: readonly unknown[]) => boolean} IsReply */

/** @type {IsReply} */
const isInteger = (reply) => Number.isInteger(reply);
/** @type {IsReply} */
const isText = (reply) => typeof reply === "string" || Buffer.isBuffer(reply);
/** @type {IsReply} */
const isTextOrNull = (reply, args) => reply === null || isText(reply, args);
/** @type {IsReply} */
const isOk = (reply, args) => isText(reply, args) && String(reply) === "OK";
/**
 * @param {IsReply} isItem
 * @returns {IsReply}
 */
const listOf = (isItem) => (reply, args) => Array.isArray(reply) && reply.every((item) => isItem(item, args));
/**
 * @param {number} others arguments that name no value
 * @returns {IsReply} one text, or null, for each value that was asked for
 */
const valuesAfter = (others) => (reply, args) =>
  listOf(isTextOrNull)(reply, args) && /** @type {unknown[]} */ (reply).length === args.length - others;
/**
 * @param {...IsReply} items
 * @returns {IsReply}
 */
const tupleOf =
  (...items) =>
  (reply, args) =>
    Array.isArray(reply) && reply.length === items.length && items.every((isItem, i) => isItem(reply[i], args));
/**
 * @param {...IsReply} kinds
 * @returns {IsReply}
 */
const anyOf =
  (...kinds) =>
  (reply, args) =>
    kinds.some((isKind) => isKind(reply, args));
/** @type {IsReply} */
const isNull = (reply) => reply === null;
const isPair = tupleOf(isText, isText);

const KEY_TYPES = ["none", "string", "list", "set", "zset", "hash", "stream"];

/** The reply of every command that we send; a test checks the list. @type {Readonly<Record<string, IsReply>>} */
export const REPLIES = Object.freeze({
  blmove: isTextOrNull,
  brpop: anyOf(isNull, isPair),
  del: isInteger,
  expire: isInteger,
  get: isTextOrNull,
  hmget: valuesAfter(1),
  incr: isInteger,
  info: isText,
  llen: isInteger,
  lpush: isInteger,
  lrange: listOf(isText),
  lrem: isInteger,
  mget: valuesAfter(0),
  // On a connection that has subscribed it is a list.
  ping: anyOf(isText, isPair),
  psubscribe: isInteger,
  publish: isInteger,
  sadd: isInteger,
  scan: tupleOf(isText, listOf(isText)),
  set: isOk,
  smembers: listOf(isText),
  srem: isInteger,
  subscribe: isInteger,
  type: (reply, args) => isText(reply, args) && KEY_TYPES.includes(String(reply)),
  unsubscribe: isInteger,
  zadd: isInteger,
  zrange: listOf(isText),
  zrem: isInteger,
});

/**
 * The reply of each script, as its header describes it.
 *
 * @type {Readonly<Record<string, IsReply>>}
 */
export const SCRIPT_REPLIES = Object.freeze({
  bury: listOf(isInteger),
  chord_add: isInteger,
  chord_claim: isInteger,
  chord_close: isInteger,
  chord_part: (reply) => ["done", "claimed", "taken", "waiting"].includes(String(reply)),
  expire: isInteger,
  // Three numbers, then per queue three numbers and a list of texts.
  measure: (reply, args) =>
    Array.isArray(reply) &&
    reply.length % 4 === 3 &&
    reply.every((item, i) => (i > 3 && i % 4 === 2 ? listOf(isText)(item, args) : isInteger(item, args))),
  park: listOf(isInteger),
  renew: listOf(isText),
  requeue: listOf(isInteger),
  restore: (reply, args) => Array.isArray(reply) && isText(reply[0], args) && listOf(isInteger)(reply.slice(1), args),
  revive: listOf(isInteger),
  settle: listOf(isInteger),
  start: isInteger,
  sweep: tupleOf(isInteger, isInteger, listOf(isText), listOf(isText)),
  take: (reply, args) => Array.isArray(reply) && listOf(isInteger)(reply.slice(0, 3), args),
});

/** A client of ioredis that never returns a reply of the wrong type. */
export class CheckedRedis extends Redis {
  /** Throws the connection away. @type {(reason: Error) => void} */
  onOutOfStep = () => {};
  /** Reads the scripts; null once that is done. @type {(() => import("./scripts.js").Scripts) | null} */
  readScripts = null;

  /** @returns {boolean} whether a command sent now would reach the server */
  get isReady() {
    // A closing socket stays "ready" until it is closed, but accepts nothing any more.
    return this.status === "ready" && this.socket?.writable === true;
  }

  /** @returns {import("node:net").Socket | undefined} of the open connection; ioredis does not declare it */
  get socket() {
    return /** @type {{ stream?: import("node:net").Socket }} */ (/** @type {unknown} */ (this)).stream;
  }

  /**
   * @override
   * @param {import("ioredis").Command} command
   * @param {import("ioredis/built/types.js").WriteableStream} [stream]
   */
  sendCommand(command, stream) {
    const sent = super.sendCommand(command, stream);
    // The replies of a transaction or a pipeline are in the list that it returns.
    if (stream !== undefined) return sent;
    const isReply = REPLIES[command.name.toLowerCase()];
    return /** @type {Promise<unknown>} */ (sent).then((reply) => {
      if (isReply !== undefined) this.expect(isReply(reply, command.args));
      command.args = []; // see `forget`
      return reply;
    });
  }

  /** Reads the scripts, once. */
  loadScripts() {
    if (this.readScripts === null) return;
    for (const [name, script] of Object.entries(this.readScripts())) this.defineCommand(name, script);
    this.readScripts = null;
  }

  /**
   * @param {import("./scripts.js").ScriptName | `chord_${string}`} name of a script that the connection was opened with
   * @param {string[]} keys
   * @param {import("./scripts.js").ScriptArgument[]} args
   * @returns {Promise<unknown>} what the script returns
   * @throws {Error} when the reply cannot be the script's; it may have been executed
   */
  async runScript(name, keys, args) {
    this.loadScripts();
    // ioredis adds a method for each script.
    const script = /** @type {(...args: unknown[]) => Promise<unknown>} */ (Reflect.get(this, `celery_${name}`));
    const reply = await script.call(this, keys.length, ...keys, ...args);
    this.expect(SCRIPT_REPLIES[name](reply, args));
    return reply;
  }

  /**
   * @returns {Promise<void>} once an echo came back
   * @throws {Error} as `expect`, and what the server refuses
   */
  async prove() {
    const text = randomUUID();
    this.expect(String(await this.ping(text)) === text);
  }

  /**
   * @param {boolean} isRight whether a reply can be that of its command
   * @throws {Error} when it is not, and the connection is thrown away; the command may have been executed
   */
  expect(isRight) {
    if (isRight) return;
    const error = outOfStep();
    this.onOutOfStep(error);
    throw error;
  }
}

/**
 * Replies that answer nothing (an unrequested null or empty list, a number for a subscription): ioredis 6.0 accepts some of
 * them, and its TypeError is thrown where nothing can catch it: it would end the process. Here such a reply ends its
 * connection. This is the only change to ioredis itself; `reply-check.test.js` fails when a newer version no longer needs it,
 * or needs it elsewhere.
 *
 * @typedef {{ redis: { onOutOfStep?: (reason: Error) => void } }} Handler
 * @typedef {{ prototype: { dispatch: (this: Handler, read: () => void) => void } }} DataHandlerClass
 */

/** Node gives the exports of a CommonJS module as `default`; some bundlers give what the module itself calls `default`. */
const exported = /** @type {{ default: DataHandlerClass | { default: DataHandlerClass } }} */ (
  /** @type {unknown} */ (dataHandler)
).default;
const DataHandler = "default" in exported ? exported.default : exported;
const { dispatch } = DataHandler.prototype;

DataHandler.prototype.dispatch = function dispatchChecked(read) {
  dispatch.call(this, () => {
    try {
      read();
    } catch (error) {
      // Errors of listeners, and of connections that are not ours, are not handled here.
      if (this.redis.onOutOfStep === undefined || !isFromReading(error)) throw error;
      this.redis.onOutOfStep(outOfStep(error));
    }
  });
};

/**
 * @param {unknown} error
 * @returns {boolean} whether ioredis itself threw it; in a bundle, where file names differ, a listener may have
 */
function isFromReading(error) {
  if (SOURCE_URL === null) return error instanceof TypeError;
  const [first = ""] = /^\s+at .*$/m.exec((error instanceof TypeError && error.stack) || "") ?? [];
  return /[\\/]ioredis[\\/]built[\\/]DataHandler\.js:/.test(first);
}

/**
 * Empties a list that ioredis would keep. It writes a function into a property of each command, and V8 allocates such functions
 * among the old objects: whatever a command refers to, its arguments and its reply, then survives until the next full
 * collection. Emptying both, naming `execution.reject` (executor.js), and a list of running tasks (dispatcher.js) together:
 * what survives falls from 2,240 to 280 bytes a task, the worker's CPU by 19 %, its peak RSS from 154 to 125 MB.
 *
 * @param {unknown[]} reply that has been read
 */
export const forget = (reply) => {
  reply.length = 0;
};

/** @param {unknown} [cause] */
const outOfStep = (cause) => new Error("the replies are out of step with the commands", { cause });

/**
 * @param {unknown} reply
 * @param {{ from: number, to: number, queues: number }} asked the asked tag numbers and number of queues
 * @returns {boolean} whether `take.lua` may have answered that
 */
export function isTakeReply(reply, { from, to, queues }) {
  if (!Array.isArray(reply) || reply.length < 3 || (reply.length - 3) % 4 !== 0) return false;
  for (let i = 3; i < reply.length; i += 4) {
    const [number, queue] = [Number(reply[i]), Number(reply[i + 1])];
    if (!(number >= from && number < to && queue >= 1 && queue <= queues)) return false;
  }
  return true;
}

/**
 * @param {unknown[]} reply of take.lua
 * @param {string[]} queues in the order that was asked
 * @param {string} tagPrefix
 * @param {number} aheadMs of the server's clock
 * @returns {{ deliveries: import("../transport.js").Delivery[], undecodable: number, hasMore: boolean }}
 */
export function readTakeReply(reply, queues, tagPrefix, aheadMs) {
  const deliveries = [];
  for (let i = 3; i < reply.length; i += 4) {
    deliveries.push({
      number: Number(reply[i]),
      tag: `${tagPrefix}${reply[i]}`,
      queue: queues[Number(reply[i + 1]) - 1],
      workersLost: Number(reply[i + 2]),
      raw: String(reply[i + 3]),
      heldAt: undefined,
      aheadMs,
    });
  }
  return { deliveries, undecodable: Number(reply[1]), hasMore: Number(reply[2]) === 1 };
}
