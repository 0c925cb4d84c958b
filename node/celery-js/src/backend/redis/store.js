/**
 * Results in Redis, under Celery's keys and in Celery's format (`celery.backends.redis.RedisBackend`), so that clients and
 * workers of both languages read each other's.
 */
import { payloadText } from "../../protocol/compression.js";
import { dumps, loads } from "../../protocol/json.js";
import { DEFAULT_LIMITS } from "../../protocol/limits.js";
import { decodeMeta, isFailureText } from "../../protocol/result-meta.js";
import { ClientConnection } from "../../transport/redis/client-connection.js";
import { groupKeyPrefix, keysOfHeld, redisKeys, resultKeyPrefix } from "../../transport/redis/keys.js";
import { deliveryScripts } from "../../transport/redis/scripts.js";
import { readyNow, waitForReady } from "../waiting.js";
import { chordScripts, RedisChords } from "./chords.js";
import { ResultSubscriptions } from "./subscriptions.js";

/**
 * @typedef {import("../backend.js").ResultBackend} ResultBackend
 * @typedef {import("../../protocol/result-meta.js").ResultMeta} ResultMeta
 */

/** @implements {ResultBackend} */
export class RedisResultStore {
  #commands;
  #subscriptions;
  #prefix;
  #groupPrefix;
  #expires;
  #failureExpires;
  #keys;
  #decompressedSizeLimit;

  /**
   * @param {object} options
   * @param {import("../../transport/redis/url.js").RedisAddress} options.address
   * @param {number} options.timeoutMs how long a command may take, connecting and repeating included
   * @param {string} [options.globalKeyprefix]
   * @param {number | null} [options.expires] seconds that results are kept; 0 or null = forever
   * @param {number | null} [options.failureExpires] the same for failures; null = as long as other results
   * @param {number} [options.connectTimeoutMs]
   * @param {boolean} [options.chordOrdered] false gives the results of a chord's parts to its body as they come
   * @param {number} [options.decompressedSizeLimit] bytes that a compressed result may grow to
   * @param {string} [options.name] shown by `CLIENT LIST`
   * @param {number} [options.pingIntervalMs] how often a connection with waiters is pinged
   */
  constructor(options) {
    const {
      address,
      timeoutMs,
      globalKeyprefix = "",
      expires = null,
      failureExpires = null,
      connectTimeoutMs,
      pingIntervalMs,
    } = options;
    const { name = "celery-js-results", chordOrdered = true } = options;
    this.#decompressedSizeLimit = options.decompressedSizeLimit ?? DEFAULT_LIMITS.decompressedSizeLimit;
    this.#prefix = resultKeyPrefix(globalKeyprefix);
    this.#expires = expires;
    this.#failureExpires = failureExpires ?? expires;
    this.#keys = redisKeys({ globalKeyprefix });
    // Each of these commands may be repeated, so a silent connection is given up in time for a second try.
    const replyTimeoutMs = timeoutMs / 2;
    const limits = { timeoutMs, connectTimeoutMs, replyTimeoutMs };
    const scripts = () => ({ ...deliveryScripts(), ...chordScripts() });
    this.#commands = new ClientConnection({ address, name, ...limits, scripts });
    this.#groupPrefix = groupKeyPrefix(globalKeyprefix);
    /** Counts the parts of chords. */
    this.chords = new RedisChords(this.#commands, this.#groupPrefix, {
      expiresS: Math.ceil(expires ?? 0),
      ordered: chordOrdered,
      decompressedSizeLimit: this.#decompressedSizeLimit,
    });
    this.#subscriptions = new ResultSubscriptions({
      address,
      name: `${name}-waiting`,
      timeoutMs,
      pingIntervalMs,
      read: (keys) => this.#commands.run((client) => client.mgetBuffer(keys)),
    });
  }

  /** @returns {number} how many results are waited for or subscribed to */
  get waiting() {
    return this.#subscriptions.size;
  }

  /**
   * Called by workers. It also reads the Lua scripts, because a later deployment may replace the files.
   *
   * @returns {Promise<void>} once the server has accepted a connection
   * @throws {OperationalError} when it cannot be reached in time, or refuses
   */
  async ready() {
    this.#commands.client.loadScripts();
    await this.#commands.run((client) => client.ping());
  }

  /**
   * @param {string} taskId
   * @returns {string} where its result is, and the channel on which it is published
   */
  key(taskId) {
    return this.#prefix + taskId;
  }

  /**
   * @param {string} taskId
   * @returns {Promise<ResultMeta | null>} null when nothing is stored
   * @throws {OperationalError} when the server cannot be reached in time
   * @throws {DecodeError} when what is stored is not a result
   */
  async get(taskId) {
    const payload = await this.#commands.run((client) => client.getBuffer(this.key(taskId)));
    if (payload === null) return null;
    return this.#ownMeta(taskId, payload) ?? this.#readAgain(taskId);
  }

  /**
   * @param {string} taskId
   * @param {Buffer} payload
   * @returns {ResultMeta | null} null if it may be another command's reply: not a result, or another task's
   */
  #ownMeta(taskId, payload) {
    try {
      const meta = this.#decode(payload);
      return meta.taskId === taskId ? meta : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {string} taskId
   * @returns {Promise<ResultMeta | null>} the stored result, read again on a connection that is known to be in step
   */
  async #readAgain(taskId) {
    const payload = await this.#readSurely(this.key(taskId));
    return payload === null ? null : this.#decode(payload);
  }

  /**
   * @param {string} key
   * @returns {Promise<Buffer | null>} the value, read on a connection whose replies were verified afterwards
   */
  #readSurely(key) {
    return this.#commands.run(async (client) => (await Promise.all([client.getBuffer(key), client.prove()]))[0]);
  }

  /** @param {Buffer} payload */
  #decode(payload) {
    return decodeMeta(payloadText(payload, this.#decompressedSizeLimit));
  }

  /**
   * @param {string} taskId
   * @returns {Promise<void>} once nothing is stored any more
   * @throws {OperationalError} when the server cannot be reached in time
   */
  async forget(taskId) {
    await this.#commands.run((client) => client.del(this.key(taskId)));
  }

  /**
   * Stores and publishes a result together. A stored SUCCESS is never overwritten
   * (`celery.backends.base.BaseKeyValueStoreBackend._store_result`), nor another end by a RETRY.
   *
   * @param {string} taskId
   * @param {string} metaText as `encodeMeta` writes it
   * @param {{ expires?: number | null }} [options] seconds; default the backend's own
   * @returns {Promise<void>}
   * @throws {OperationalError} when the server cannot be reached in time or refuses
   */
  async storeText(taskId, metaText, options = {}) {
    const { expires = isFailureText(metaText) ? this.#failureExpires : this.#expires } = options;
    const keys = [...keysOfHeld(this.#keys), this.#prefix];
    // No tag number, as there is no message to acknowledge.
    const args = ["", Math.ceil(expires ?? 0), "", taskId, metaText];
    await this.#commands.run((client) => client.runScript("settle", keys, args));
  }

  /**
   * Waits for a result that is ready: by subscription, without polling.
   *
   * @param {string} taskId
   * @param {import("../backend.js").WaitOptions} [options]
   * @returns {Promise<ResultMeta>}
   * @throws {TimeoutError} when it is not there in time
   * @throws {OperationalError} when the server cannot be reached in time, or stays away for a minute
   */
  async wait(taskId, { timeoutMs = null, signal, onMessage } = {}) {
    signal?.throwIfAborted();
    if (timeoutMs !== null && timeoutMs <= 0) return readyNow(await this.get(taskId));
    const listen = (/** @type {import("../waiting.js").MetaListener} */ { onMeta, onError }) => {
      const onPayload = (/** @type {Buffer | null} */ payload) => {
        const meta = payload && this.#ownMeta(taskId, payload);
        if (meta !== null || payload === null) onMeta(meta);
        else this.#readAgain(taskId).then(onMeta, onError);
      };
      return this.#subscriptions.listen(this.key(taskId), { onPayload, onError });
    };
    return waitForReady(listen, { timeoutMs, signal, onMessage });
  }

  /**
   * @param {string} groupId
   * @param {unknown} tuple the group's result as `asTuple()`
   * @returns {Promise<void>}
   */
  async saveGroup(groupId, tuple) {
    const [key, text] = [this.#groupPrefix + groupId, dumps({ result: tuple })];
    const expires = Math.ceil(this.#expires ?? 0);
    await this.#commands.run((client) => (expires > 0 ? client.set(key, text, "EX", expires) : client.set(key, text)));
  }

  /**
   * @param {string} groupId
   * @returns {Promise<unknown>} what was saved; null for nothing
   */
  async restoreGroup(groupId) {
    // Rarely read, and nothing in it says which group it belongs to.
    const payload = await this.#readSurely(this.#groupPrefix + groupId);
    if (payload === null) return null;
    return (
      /** @type {{ result?: unknown } | null} */ (loads(payloadText(payload, this.#decompressedSizeLimit)))?.result ??
      null
    );
  }

  /**
   * @param {string} groupId
   * @returns {Promise<void>}
   */
  async deleteGroup(groupId) {
    await this.#commands.run((client) => client.del(this.#groupPrefix + groupId));
  }

  /** Closes the connections for good and rejects pending waits. @returns {Promise<void>} */
  async close() {
    this.#subscriptions.close();
    this.#commands.close();
  }
}
