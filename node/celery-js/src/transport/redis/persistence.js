/** Repeats what must not be given up: it is worse to lose a result than to wait for the server. */
import { isReplyError } from "./replies.js";

/** Pauses before an operation is repeated: after an answer that was an error, longer each time, and after a broken connection. */
const RETRY_MS = 250;
const RETRY_MAX_MS = 3_000;
const LOST_PAUSE_MS = 10;

export class Persistence {
  #connection;
  #onRefused;
  #onAccepted;
  #hasRefused = false;
  #closed = false;

  /**
   * @param {import("./connection.js").RedisConnection} connection
   * @param {object} [told]
   * @param {(error: Error, retryInMs: number) => void} [told.onRefused] the server answered with an error
   * @param {() => void} [told.onAccepted] it has done something, after it had refused
   */
  constructor(connection, { onRefused, onAccepted } = {}) {
    this.#connection = connection;
    this.#onRefused = onRefused;
    this.#onAccepted = onAccepted;
  }

  /**
   * Repeats an operation until the server has done it.
   *
   * @template T
   * @param {() => Promise<T>} operation may be executed twice, when a reply is lost
   * @param {(error: Error) => boolean} [isFinal] which of the server's errors no repetition would help
   * @returns {Promise<T>}
   * @throws what the operation threw, when that is final, a mistake of ours, or the server is not fit, and once this is closed
   */
  async run(operation, isFinal = () => false) {
    for (let refusals = 0; ; ) {
      await this.#connection.ready();
      try {
        const done = await operation();
        this.#accepted();
        return done;
      } catch (error) {
        const isOurs = error instanceof TypeError || error instanceof RangeError;
        if (this.#closed || isOurs || !(error instanceof Error) || error.name === "ImproperlyConfigured") throw error;
        if (isFinal(error)) throw error;
        let pauseMs = LOST_PAUSE_MS;
        if (isReplyError(error)) {
          refusals += 1;
          pauseMs = pauseAfter(refusals);
          this.#refused(error, pauseMs);
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  /** @param {Error} error @param {number} retryInMs */
  #refused(error, retryInMs) {
    this.#hasRefused = true;
    this.#onRefused?.(error, retryInMs);
  }

  #accepted() {
    if (this.#hasRefused) this.#onAccepted?.();
    this.#hasRefused = false;
  }

  /** Gives up from now on. */
  close() {
    this.#closed = true;
  }
}

/** @param {number} refusals in a row @returns {number} ms, of which a part is chance: not all workers come back at once */
function pauseAfter(refusals) {
  return Math.min(RETRY_MS * 2 ** Math.min(refusals - 1, 10), RETRY_MAX_MS) * (0.5 + Math.random() / 2);
}
