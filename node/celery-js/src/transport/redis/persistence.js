/** Repeats what must not be given up: it is worse to lose a result than to wait for the server. */
import { isReplyError } from "./replies.js";

/** Pauses before an operation is repeated: after an answer that was an error, and after a broken connection. */
const RETRY_MS = 250;
const LOST_PAUSE_MS = 10;

export class Persistence {
  #connection;
  #onRefused;
  #closed = false;

  /**
   * @param {import("./connection.js").RedisConnection} connection
   * @param {(error: Error, retryInMs: number) => void} [onRefused] the server answered with an error
   */
  constructor(connection, onRefused) {
    this.#connection = connection;
    this.#onRefused = onRefused;
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
    for (;;) {
      await this.#connection.ready();
      try {
        return await operation();
      } catch (error) {
        const isOurs = error instanceof TypeError || error instanceof RangeError;
        if (this.#closed || isOurs || !(error instanceof Error) || error.name === "ImproperlyConfigured") throw error;
        if (isFinal(error)) throw error;
        if (isReplyError(error)) this.#onRefused?.(error, RETRY_MS);
        await new Promise((resolve) => setTimeout(resolve, isReplyError(error) ? RETRY_MS : LOST_PAUSE_MS));
      }
    }
  }

  /** Gives up from now on. */
  close() {
    this.#closed = true;
  }
}
