/**
 * The dead letters of a broker, for its operators: read page by page, put back, deleted. A list may change meanwhile, so
 * a letter is always addressed by the bytes that were read.
 */

import { readDeadLetter } from "../dead-letter.js";
import { ClientConnection } from "./client-connection.js";
import { redisKeys } from "./keys.js";
import { deliveryScripts } from "./scripts.js";
import { parseRedisUrl } from "./url.js";

/** @typedef {import("../transport.js").DeadLetter} DeadLetter */
/** @typedef {import("../transport.js").DeadLetters} DeadLetters */

/** Letters that are read by one call: a full list would be some hundred megabytes. */
const PAGE = 100;
/** Keys that the server looks at in one step of a search. */
const SCAN_COUNT = 1_000;

/** @implements {DeadLetters} */
export class RedisDeadLetters {
  #connection;
  #keys;

  /**
   * Connects with the first call.
   *
   * @param {import("../transport.js").BrokerSettings} settings
   * @throws {ImproperlyConfigured} when the broker's URL cannot be used
   */
  constructor(settings) {
    const { brokerTransportOptions: options } = settings;
    const { globalKeyprefix, prioritySteps } = options;
    const address = parseRedisUrl(settings.brokerUrl, { options });
    this.#keys = redisKeys({ globalKeyprefix, prioritySteps, db: address.db });
    this.#connection = new ClientConnection({
      address,
      name: "celery-js:dead",
      connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
      timeoutMs: settings.taskPublishTimeout * 1000,
      scripts: deliveryScripts,
    });
  }

  /**
   * Looks at every key of the database.
   *
   * @returns {Promise<string[]>} the queues that have dead letters, by name
   * @throws {OperationalError} as all methods, when the server cannot be reached in time or refuses
   */
  async queues() {
    const [before, after] = this.#keys.dead("\n").split("\n");
    const pattern = `${before.replace(/[\\*?[\]]/g, "\\$&")}*${after}`;
    const found = new Set();
    let cursor = "0";
    do {
      const from = cursor;
      const [next, keys] = await this.#connection.run((client) =>
        client.scan(from, "MATCH", pattern, "COUNT", SCAN_COUNT, "TYPE", "list"),
      );
      for (const key of keys) found.add(key.slice(before.length, key.length - after.length));
      cursor = next;
    } while (cursor !== "0");
    return [...found].sort();
  }

  /**
   * @param {string} queue
   * @returns {AsyncGenerator<DeadLetter>} the current letters, newest first
   */
  async *newestFirst(queue) {
    const key = this.#keys.dead(queue);
    // Counted from the right, where nothing is added: a letter keeps its place until older ones are deleted.
    let left = await this.#connection.run((client) => client.llen(key));
    while (left > 0) {
      const [from, to] = [-left, -Math.max(1, left - PAGE + 1)];
      const entries = await this.#connection.run((client) => client.lrangeBuffer(key, from, to));
      for (const entry of entries) yield readDeadLetter(queue, entry);
      left -= PAGE;
    }
  }

  /**
   * Visits the current letters, oldest first, while they are put back or deleted. New letters are left out: otherwise a
   * task that fails again at once would be put back forever.
   *
   * @param {string} queue
   * @param {(letters: DeadLetter[]) => Promise<number>} act returns how many of them are still in the list
   */
  async eachPage(queue, act) {
    const key = this.#keys.dead(queue);
    let left = await this.#connection.run((client) => client.llen(key));
    let kept = 0;
    while (left > 0) {
      const [from, to] = [-kept - Math.min(PAGE, left), -kept - 1];
      const entries = await this.#connection.run((client) => client.lrangeBuffer(key, from, to));
      if (entries.length === 0) return;
      kept += await act(entries.reverse().map((entry) => readDeadLetter(queue, entry)));
      left -= entries.length;
    }
  }

  /**
   * Puts letters back into their queue, to be taken after the messages that wait there, in this order.
   *
   * @param {DeadLetter[]} letters of one queue
   * @returns {Promise<number>} how many: another operator may have been faster
   */
  async retry(letters) {
    if (letters.length === 0) return 0;
    const { dead, deliveries, counted, queue } = this.#keys;
    const lists = letters.map(({ queue: name, priority }) => queue(name, priority));
    const names = [dead(letters[0].queue), deliveries, counted, ...lists];
    const args = letters.flatMap(({ entry, taskId }) => [entry, taskId]);
    const gone = await this.#connection.run((client) => client.runScript("revive", names, args));
    return letters.length - /** @type {number[]} */ (gone).length;
  }

  /**
   * @param {DeadLetter[]} letters
   * @returns {Promise<number>} how many were deleted, for good
   */
  async delete(letters) {
    const removed = await Promise.all(
      letters.map(({ queue, entry }) =>
        this.#connection.run((client) => client.lrem(this.#keys.dead(queue), -1, entry)),
      ),
    );
    return removed.reduce((sum, count) => sum + count, 0);
  }

  close() {
    this.#connection.close();
  }
}
