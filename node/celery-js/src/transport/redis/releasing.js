/**
 * How messages leave a worker: settled, buried, put back or parked, each by one script (lua/*.lua). Each is repeated
 * until it succeeds and may be executed twice: a tag that is gone is left alone. See docs/delivery.md.
 */
import { markRedelivered } from "../../protocol/message.js";
import { isFailureText } from "../../protocol/result-meta.js";
import { deadLetterHeader } from "../dead-letter.js";
import { isRefusedResult } from "../errors.js";
import { countedIdOfBurial } from "./held-record.js";
import { keysOfHeld } from "./keys.js";
import { isReplyError, translated } from "./replies.js";
import { endOfBatch } from "./requeue-batch.js";

/** Pauses before an operation is repeated: after an answer that was an error, longer each time, and after a broken connection. */
const RETRY_MS = 250;
const RETRY_MAX_MS = 3_000;
const LOST_PAUSE_MS = 10;

/**
 * @typedef {import("../transport.js").Consumer} Consumer
 * @typedef {import("../transport.js").Delivery} Delivery
 * @typedef {import("../transport.js").Settlement} Settlement
 * @typedef {import("../transport.js").Settled} Settled
 * @typedef {import("../transport.js").Requeue} Requeue
 * @typedef {import("../transport.js").Parking} Parking
 *
 * @typedef {object} Operation
 * @property {import("./scripts.js").ScriptName} script
 * @property {string[]} keys
 * @property {import("./scripts.js").ScriptArgument[]} args
 * @property {boolean} [storesResults] whether the items have results, which the server may refuse for good
 * @property {() => void} [onSent] called when the command is on its way
 */

/** The half of `RedisConsumer` that completes the taken messages. */
export class Releasing {
  #heldKeys;
  #hasRefused = false;
  #isClosed = false;

  /**
   * @param {import("./consumer.js").ConsumerOptions} options
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   * @param {import("./connection.js").RedisConnection} connection opened with `deliveryScripts`
   * @param {import("./keeper.js").Keeper | null} keeper
   */
  constructor(options, hooks, connection, keeper) {
    this.options = options;
    this.hooks = hooks;
    this.connection = connection;
    this.keeper = keeper;
    this.#heldKeys = keysOfHeld(options.keys);
  }

  /** @type {Consumer["settle"]} */
  async settle(items, onSent) {
    const { resultExpiresS, failureExpiresS = resultExpiresS } = this.options;
    if (failureExpiresS === resultExpiresS) return this.#settle(items, resultExpiresS, onSent);
    const failures = items.filter(({ result }) => isFailureText(result));
    const others = items.filter(({ result }) => !isFailureText(result));
    // Failures first: if the server refuses one, nothing of the others has been sent along yet.
    const failed = await this.#settle(failures, failureExpiresS);
    const settled = await this.#settle(others, resultExpiresS, onSent).catch((error) => {
      // What is settled must not be settled once more: its messages would seem to have lost their leases.
      if (isRefusedResult(error)) error.before = { items: failures, settled: failed };
      throw error;
    });
    return { gone: [...settled.gone, ...failed.gone], unsent: [...settled.unsent, ...failed.unsent] };
  }

  /** Called when results are on their way together with publications. @param {readonly Settlement[]} _items */
  onSentAlong(_items) {}

  /**
   * @param {readonly Settlement[]} items
   * @param {number} expiresS
   * @param {() => void} [onSent]
   * @returns {Promise<Settled>}
   */
  async #settle(items, expiresS, onSent) {
    if (items.length === 0) return { gone: [], unsent: [] };
    const { tagPrefix, resultKeyPrefix } = this.options;
    // Without a result, a key of the protocol is wrong, and an operator has to repair it.
    const storesResults = items.some(({ result }) => result !== "");
    const args = settleArguments(items, this.options.keys);
    const isPlain = args.length === 3 * items.length;
    const named = isPlain ? items : items.flatMap((item) => (item.publication ? [item, item] : item));
    const keys = [...this.#heldKeys, resultKeyPrefix];
    /** @type {Operation} */
    const operation = { script: "settle", keys, args: [tagPrefix, expiresS, ...args], storesResults, onSent };
    const replying = this.#call(operation, named.length);
    if (!isPlain) this.onSentAlong(items);
    const reply = await replying;
    const gone = reply.filter((number) => number > 0).map((number) => named[number - 1].delivery);
    const unsent = reply.filter((number) => number < 0).map((number) => named[-number - 1]);
    this.keeper?.held.release(unsent.length === 0 ? items : items.filter((item) => !unsent.includes(item)));
    return { gone: /** @type {Delivery[]} */ (gone), unsent };
  }

  /** @type {Consumer["bury"]} */
  bury(items) {
    const { keys, workerName, deadLetterLimit, limits } = this.options;
    return this.#end(items, () => {
      const args = items.flatMap((item) => {
        const { tag, raw, workersLost } = item.delivery;
        const header = deadLetterHeader({ reason: item.reason, worker: workerName, deliveries: workersLost });
        return [tag, countedIdOfBurial(item, limits), header, raw];
      });
      const lists = items.map(({ delivery }) => keys.dead(delivery.queue));
      const names = [...this.#heldKeys, ...lists];
      return this.#run({ script: "bury", keys: names, args: [deadLetterLimit, ...args], items });
    });
  }

  /**
   * See `Consumer`.
   *
   * @param {readonly Requeue[]} items
   * @returns {Promise<Delivery[]>}
   */
  requeue(items) {
    const { keys } = this.options;
    return this.#end(items, async () => {
      /** @type {Delivery[]} */
      const gone = [];
      for (let from = 0; from < items.length; ) {
        const batch = items.slice(from, endOfBatch(items, from));
        const lists = batch.map(({ delivery, priority }) => keys.queue(delivery.queue, priority));
        const names = [keys.unacked, keys.unackedIndex, keys.leases, keys.started, ...lists];
        const args = batch.flatMap(({ delivery: { tag, raw }, side }) => [tag, side, markRedelivered(raw)]);
        gone.push(...(await this.#run({ script: "requeue", keys: names, args, items: batch })));
        from += batch.length;
      }
      return gone;
    });
  }

  /**
   * See `Consumer`.
   *
   * @param {readonly Parking[]} items
   * @returns {Promise<Delivery[]>}
   */
  park(items) {
    const { keys } = this.options;
    return this.#end(items, () => {
      const args = items.flatMap(({ delivery: { tag }, dueMs, etaMs }) => {
        // kombu's sweep goes by its eta, if that is later.
        return [tag, Math.floor(dueMs), Math.max(dueMs, etaMs ?? 0) / 1000];
      });
      return this.#run({ script: "park", keys: [keys.unackedIndex, keys.leases, keys.parked], args, items });
    });
  }

  /**
   * See `Consumer`.
   *
   * @param {Delivery} delivery
   * @returns {Promise<boolean>}
   */
  markStarted({ tag }) {
    const { unacked, started } = this.options.keys;
    return this.persist(async () => {
      const reply = await this.connection.client.runScript("start", [unacked, started], [tag]);
      this.connection.client.expect(reply === 0 || reply === 1);
      return reply === 1;
    });
  }

  /**
   * Starts new leases for them.
   *
   * @param {Delivery[]} deliveries
   * @returns {Promise<Delivery[]>} those that this worker still holds
   */
  async renew(deliveries) {
    const { keys, leaseMs } = this.options;
    const args = [leaseMs, 0, ...deliveries.map(({ tag }) => tag)];
    const gone = await this.connection.client
      .runScript("renew", [keys.leases, keys.unackedIndex], args)
      .catch((error) => {
        throw translated(error);
      });
    return deliveries.filter(({ tag }) => !(/** @type {string[]} */ (gone).includes(tag)));
  }

  /**
   * Repeats an operation until the server has done it: it is worse to lose a result than to wait for the server.
   *
   * @template T
   * @param {() => Promise<T>} operation may be executed twice, when a reply is lost
   * @param {(error: unknown) => boolean} [isFinal] which refusals cannot be helped by repeating
   * @returns {Promise<T>}
   * @throws the operation's error if it is final, a bug of ours, or a wrong server configuration, and once the consumer is closed
   */
  async persist(operation, isFinal = () => false) {
    for (let refusals = 0; ; ) {
      if (!this.connection.client.isReady) await this.connection.ready();
      try {
        const done = await operation();
        if (this.#hasRefused) {
          this.#hasRefused = false;
          this.hooks.onAccepted?.();
        }
        return done;
      } catch (cause) {
        const isOurs = cause instanceof TypeError || cause instanceof RangeError;
        const error = translated(cause);
        if (this.#isClosed || isOurs || !(error instanceof Error) || error.name === "ImproperlyConfigured") throw error;
        if (isFinal(error)) throw error;
        let pauseMs = LOST_PAUSE_MS;
        if (isReplyError(cause)) {
          refusals += 1;
          pauseMs = pauseAfter(refusals);
          this.#hasRefused = true;
          this.hooks.onRefused?.(error, pauseMs);
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  /** Stops repeating operations, and closes the connection. */
  close() {
    this.#isClosed = true;
    this.connection.close();
  }

  /**
   * Stops renewing, even if the work fails: the leases end, and the messages go back.
   *
   * @param {readonly { delivery: Delivery }[]} items
   * @param {() => Promise<Delivery[]>} work
   */
  async #end(items, work) {
    try {
      return await work();
    } finally {
      this.keeper?.held.release(items);
    }
  }

  /**
   * @param {Operation & { items: readonly { delivery: Delivery }[] }} operation `items` in the order of the arguments
   * @returns {Promise<Delivery[]>} those whose tag was gone
   */
  async #run({ items, ...operation }) {
    const gone = await this.#call(operation, items.length);
    return gone.map((number) => items[number - 1].delivery);
  }

  /**
   * @param {Operation} operation
   * @param {number} count of what the reply may name
   * @returns {Promise<number[]>} the numbers, from 1, of those whose tag was gone, and the negative numbers of the refused
   */
  async #call({ script, keys, args, storesResults = false, onSent }, count) {
    const startedAtMs = performance.now();
    let repeated = false;
    const attempt = async () => {
      const again = repeated;
      repeated = true;
      const sent = this.connection.client.runScript(script, keys, args);
      onSent?.();
      const reply = await sent;
      this.connection.client.expect(
        Array.isArray(reply) && reply.every((number) => number !== 0 && Math.abs(number) <= count),
      );
      const numbers = /** @type {number[]} */ (reply);
      // The first try may have gone through without its reply: then every tag is gone because we settled it ourselves.
      // After half a lease that is not certain, so the tags are reported: another worker may have the messages.
      const isOurs = again && performance.now() - startedAtMs < this.options.leaseMs / 2;
      return isOurs ? numbers.filter((number) => number < 0) : numbers;
    };
    return this.persist(attempt, storesResults ? isRefusedResult : undefined);
  }
}

/**
 * @param {number} refusals in a row
 * @returns {number} ms, partly random, so that not all workers come back at once
 */
function pauseAfter(refusals) {
  return Math.min(RETRY_MS * 2 ** Math.min(refusals - 1, 10), RETRY_MAX_MS) * (0.5 + Math.random() / 2);
}

/**
 * @param {readonly Settlement[]} items
 * @param {import("./keys.js").Keys} keys
 * @returns {import("./scripts.js").ScriptArgument[]} three for each item, and three for its publication right behind them
 */
function settleArguments(items, keys) {
  /** @type {import("./scripts.js").ScriptArgument[]} */
  const args = [];
  for (const { delivery, taskId, result, publication } of items) {
    args.push(delivery === null ? "" : delivery.number, taskId, result);
    if (publication) args.push(">", keys.queue(publication.routingKey, publication.priority ?? 0), publication.text);
  }
  return args;
}
