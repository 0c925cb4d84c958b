/**
 * Watches the replies of one connection. A command that stays unanswered means that the connection is half-open. An echo that
 * comes back with another text means that replies and commands are out of step (a faulty proxy): everything read since
 * then belonged to another command. Either way the connection is thrown away.
 */
/** The number of checks before a silence counts, so that it lasted for at least the whole time. */
const SILENT_CHECKS = 4;
/** How often a connection is asked for an echo. */
export const ECHO_INTERVAL_MS = 5_000;

/** @typedef {{ commandQueue: { length: number }, stream: import("node:net").Socket }} Internals of ioredis, which it does not declare */

/**
 * A blocked event loop must not take its own delay for the server's, so the socket is read once more before the connection counts
 * as dead.
 *
 * @param {import("./connection.js").RedisConnection} connection just ready
 * @param {{ replyTimeoutMs: number, echoIntervalMs: number }} limits a reply timeout of 0: the connection blocks, and may be silent
 */
export function watchReplies(connection, { replyTimeoutMs, echoIntervalMs }) {
  const { stream, commandQueue } = /** @type {Internals} */ (/** @type {unknown} */ (connection.client));
  const echo = new Echo(connection);
  let silentChecks = 0;
  let bytesRead = 0;
  const isSilent = () => stream.bytesRead === bytesRead;
  const look = () => {
    const before = isSilent() ? silentChecks : 0;
    silentChecks = commandQueue.length > 0 ? before + 1 : 0;
    bytesRead = stream.bytesRead;
    if (silentChecks < SILENT_CHECKS) return;
    setImmediate(() => {
      if (isSilent()) connection.discard(new Error(`no answer within ${replyTimeoutMs / 1000} s`));
    });
  };
  const lookMs = replyTimeoutMs / (SILENT_CHECKS - 1);
  const looks = replyTimeoutMs > 0 ? setInterval(look, lookMs).unref() : undefined;
  const echoMs = replyTimeoutMs > 0 ? Math.min(echoIntervalMs, lookMs) : echoIntervalMs;
  const echoes = setInterval(() => echo.ask(), echoMs).unref();
  stream.once("close", () => {
    clearInterval(looks);
    clearInterval(echoes);
  });
}

/** Asks the server to echo a unique text. */
class Echo {
  #connection;
  #asked = 0;
  #isWaiting = false;

  /** @param {import("./connection.js").RedisConnection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /** Asks, unless an answer is still due. */
  ask() {
    if (this.#isWaiting || !this.#connection.client.isReady) return;
    this.#isWaiting = true;
    this.#asked += 1;
    const text = `celery-js-${this.#asked}`;
    this.#connection.client.ping(text).then(
      (reply) => this.#onReply(text, reply),
      () => {
        // A refusal (a script runs too long, an ACL was changed) says nothing about the order of replies.
        this.#isWaiting = false;
      },
    );
  }

  /**
   * @param {string} text
   * @param {unknown} reply a list on a connection that has subscribed
   */
  #onReply(text, reply) {
    this.#isWaiting = false;
    const came = Array.isArray(reply) ? reply[1] : reply;
    try {
      this.#connection.client.expect(String(came) === text);
    } catch {
      // No caller waits for an echo.
    }
  }
}
