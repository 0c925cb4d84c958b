/**
 * Waits for messages without owning them: `BLMOVE list list RIGHT RIGHT` blocks while a list is empty and changes nothing
 * when it is not. A worker that wakes up takes with the `take` script, so a message is never in a reply that can get
 * lost.
 */
import { RedisConnection } from "./connection.js";
import { isReplyError } from "./replies.js";

/** Queues that each have a waiting connection; the others are checked once a second. */
const MAX_WAITERS = 8;
const POLL_MS = 1_000;
/** How long one blocking command waits on the server. Short, so that a closing worker is not held up. */
const BLOCK_S = 5;
/** How much later than that its reply may come before the connection counts as dead. */
const OVERDUE_MS = 5_000;

/** Waits on all queues of a worker. */
export class Waiters {
  #options;
  /** The waiters, by queue. @type {Map<string, Waiter>} */
  #waiters = new Map();
  #end = /** @type {(() => void) | null} */ (null);
  #isClosed = false;
  /** Whether there may be messages, so that the next wait ends at once. */
  hasNews = false;

  /** @param {{ address: import("./url.js").RedisAddress, workerName: string, keys: import("./keys.js").Keys }} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {string} queue */
  add(queue) {
    if (this.#waiters.size >= MAX_WAITERS) return;
    const { address, workerName, keys } = this.#options;
    const name = `${workerName}:wait:${queue}`;
    this.#waiters.set(queue, new Waiter({ address, name, listKey: keys.queue(queue), onMessages: () => this.wake() }));
  }

  /** @param {string} queue */
  remove(queue) {
    this.#waiters.get(queue)?.close();
    this.#waiters.delete(queue);
  }

  /** @returns {Promise<void>} once a queue may have messages, or `wake` or `close` is called */
  async wait() {
    if (this.hasNews || this.#isClosed) return;
    for (const waiter of this.#waiters.values()) waiter.arm();
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS, undefined);
      this.#end = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
    this.#end = null;
  }

  wake() {
    this.hasNews = true;
    this.#end?.();
  }

  close() {
    this.#isClosed = true;
    for (const waiter of this.#waiters.values()) waiter.close();
    this.#end?.();
  }
}

/** Waits on one list. */
class Waiter {
  #connection;
  #listKey;
  #onMessages;
  #blocked = false;
  #closed = false;

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {string} options.name for `CLIENT LIST`
   * @param {string} options.listKey the list to watch
   * @param {() => void} options.onMessages called when the list was seen to hold a message
   */
  constructor({ address, name, listKey, onMessages }) {
    this.#connection = new RedisConnection({ address, name, replyTimeoutMs: 0 });
    this.#listKey = listKey;
    this.#onMessages = onMessages;
  }

  /** Starts one wait, unless one is under way. */
  arm() {
    if (this.#blocked || this.#closed) return;
    this.#blocked = true;
    this.#wait().then(
      (found) => this.#done(found),
      // The list is also checked every second, so a failed wait costs at most that second.
      () => this.#done(false),
    );
  }

  close() {
    this.#closed = true;
    this.#connection.close();
  }

  /** @returns {Promise<boolean>} */
  async #wait() {
    if (!this.#connection.client.isReady) await this.#connection.ready();
    const overdue = setTimeout(() => this.#connection.reconnect(), BLOCK_S * 1000 + OVERDUE_MS);
    try {
      const key = this.#listKey;
      return (await this.#connection.client.blmove(key, key, "RIGHT", "RIGHT", BLOCK_S)) !== null;
    } catch (error) {
      if (isReplyError(error)) this.#connection.reconnect(); // such as READONLY after a failover
      throw error;
    } finally {
      clearTimeout(overdue);
    }
  }

  /** @param {boolean} found */
  #done(found) {
    this.#blocked = false;
    if (found && !this.#closed) this.#onMessages();
  }
}
