/** Deletes dead letters that are too old. Every worker sees to the lists of its own queues, by the `expire` script. */
import { monotonicMs } from "../vitals.js";
import { runScript } from "./scripts.js";

/** How often the lists are looked at. */
const PAUSE_MS = 60_000;

export class Expiry {
  #connection;
  #options;
  #dueMs = 0;

  /**
   * @param {import("./connection.js").RedisConnection} connection
   * @param {{ keys: import("./keys.js").Keys, deadLetterMaxAgeMs?: number }} options `deadLetterMaxAgeMs`: 0 = they are kept for ever
   */
  constructor(connection, options) {
    this.#connection = connection;
    this.#options = options;
  }

  /**
   * Looks at the lists when a minute has passed since it last did, and the server is there.
   *
   * @param {string[]} queues
   * @throws when the server refuses; it is tried again with the next call
   */
  async run(queues) {
    const { keys, deadLetterMaxAgeMs = 0 } = this.#options;
    if (deadLetterMaxAgeMs === 0 || monotonicMs() < this.#dueMs || !this.#connection.isReady) return;
    await runScript(this.#connection, "expire", queues.map(keys.dead), [deadLetterMaxAgeMs]);
    this.#dueMs = monotonicMs() + PAUSE_MS;
  }
}
