/**
 * Where a worker's results go: into the settle script when broker and backend are one database, else to the backend first.
 * A result that the server refuses for good (its key holds something else, it is too long) is found out and reported, and
 * holds up none of the others.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isRefusedResult } from "../../transport/redis/replies.js";
import { parseRedisUrl } from "../../transport/redis/url.js";

/**
 * @typedef {import("../../transport/redis/consumer.js").Settlement} Settlement
 *
 * @typedef {object} Settled what became of a batch, by the indexes of its items
 * @property {number[]} gone stored and not acknowledged, as the lease had run out
 * @property {Map<number, Error>} refused neither stored nor acknowledged
 *
 * @typedef {(settlements: Settlement[], onSent: () => void) => Promise<Settled>} Settle `onSent`: see `RedisConsumer.settle`
 * @typedef {(settlement: Settlement) => Promise<unknown>} Store rejects with a refusal (`isRefusedResult`), or once closed
 */

/** How long to wait before a result that could not be stored is tried again. */
const RETRY_MS = 1_000;

/**
 * @param {object} options
 * @param {import("../model/types.js").WorkerApp} options.app
 * @param {import("../../transport/redis/consumer.js").RedisConsumer} options.transport
 * @param {import("../observers/reporter.js").Reporter} options.reporter
 * @param {AbortSignal} options.closed ends the waiting for a backend that is away
 * @returns {Settle}
 */
export function createSettle({ app, transport, reporter, closed }) {
  const { brokerUrl, resultBackend } = app.settings;
  const acknowledge = (/** @type {Settlement[]} */ items, /** @type {() => void} */ onSent) =>
    transport.settle(items.map(withoutResult), onSent);
  if (resultBackend === null)
    return async (items, onSent) => ({ gone: await acknowledge(items, onSent), refused: new Map() });
  if (!isSameDatabase(brokerUrl, resultBackend)) {
    const store = (/** @type {Settlement} */ item) => storeUntilDone(app, item, { reporter, closed });
    return (items, onSent) => settleApart(items, store, (stored) => acknowledge(stored, onSent));
  }
  return async (items, onSent) => {
    try {
      return { gone: await transport.settle(items, onSent), refused: new Map() };
    } catch (error) {
      if (!isRefusedResult(error)) throw error;
      const store = (/** @type {Settlement} */ item) => transport.settle([{ ...item, number: null }]);
      return settleApart(items, store, (stored) => acknowledge(stored, onSent));
    }
  };
}

/**
 * The results first, each by itself: a message without its result must not be acknowledged.
 *
 * @param {Settlement[]} items
 * @param {Store} store
 * @param {(items: Settlement[]) => Promise<number[]>} acknowledge
 * @returns {Promise<Settled>}
 */
async function settleApart(items, store, acknowledge) {
  const outcomes = await Promise.allSettled(items.map((item) => (item.result === "" ? null : store(item))));
  /** @type {Map<number, Error>} */
  const refused = new Map();
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") continue;
    if (!isRefusedResult(outcome.reason)) throw outcome.reason;
    refused.set(i, outcome.reason);
  }
  const stored = [...items.keys()].filter((i) => !refused.has(i));
  const gone = stored.length === 0 ? [] : await acknowledge(stored.map((i) => items[i]));
  return { gone: gone.map((i) => stored[i]), refused };
}

/** @param {import("../model/types.js").WorkerApp} app @param {Settlement} item @param {{ reporter: import("../observers/reporter.js").Reporter, closed: AbortSignal }} options */
async function storeUntilDone(app, { taskId, result }, { reporter, closed }) {
  for (;;) {
    closed.throwIfAborted();
    try {
      await app.backend.storeText(taskId, result);
      return reporter.onStored();
    } catch (error) {
      if (isRefusedResult(error)) throw error;
      closed.throwIfAborted();
      reporter.onNotStored(/** @type {Error} */ (error), taskId);
    }
    await delay(RETRY_MS, undefined, { signal: closed }).catch(() => {});
  }
}

/** @param {Settlement} item @returns {Settlement} */
const withoutResult = (item) => ({ ...item, result: "" });

/**
 * @param {string} a of the broker
 * @param {string} b of the result backend
 * @returns {boolean} whether one script can change both
 */
export function isSameDatabase(a, b) {
  const [x, y] = [parseRedisUrl(a), parseRedisUrl(b, { name: "resultBackend" })];
  return x.host === y.host && x.port === y.port && x.path === y.path && x.db === y.db;
}
