/**
 * Waits for messages without owning them: `BLMOVE list list RIGHT RIGHT` blocks while a list is empty and changes nothing
 * when it is not. A worker that wakes up takes with the `take` script, so a message is never in a reply that can get
 * lost.
 */
import { RedisConnection } from "./connection.js";
import { isReplyError } from "./replies.js";

/** How long one blocking command waits on the server. Short, so that a closing worker is not held up. */
const BLOCK_S = 5;
/** How much later than that its reply may come before the connection counts as dead. */
const OVERDUE_MS = 5_000;

export class Waiter {
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
