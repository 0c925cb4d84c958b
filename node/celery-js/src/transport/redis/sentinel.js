/**
 * Asks the sentinels for the address of the primary, as redis-py's `Sentinel.discover_master` does. Guarantee: all sentinels are
 * asked at the same time, so that one that is away delays nothing. If their answers differ, the newest election counts.
 */
import { describe } from "../errors.js";
import { ConnectionRefused, shakeHands } from "./handshake.js";
import { isPassing, isRefusedTls, isReplyError } from "./replies.js";
import { ask } from "./resp.js";
import { opened, openSocket } from "./sockets.js";

/** How long the other sentinels have to answer after the first one that names a primary. */
const OTHERS_WITHIN_MS = 100;

/**
 * @typedef {object} SentinelAddress
 * @property {Array<{ host: string, port: number }>} nodes
 * @property {string} masterName
 * @property {number} minOtherSentinels
 * @property {number} timeoutMs for one sentinel to answer, connecting included
 * @property {string} [username] at the sentinels
 * @property {string} [password] at the sentinels
 * @property {import("./url-parameters.js").TlsOptions} [tls] to the sentinels
 *
 * @typedef {{ host: string, port: number, epoch: number }} Primary `epoch` rises with each election
 * @typedef {{ primary: Primary } | { error: Error }} Answer of one sentinel
 */

/** One search. Like a socket, it can be ended, and keep the process alive or not. */
export class SentinelSearch {
  #sentinel;
  #name;
  #lookup;
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #isEnded = false;

  /**
   * @param {SentinelAddress} sentinel
   * @param {string} name of the connections
   * @param {import("node:net").LookupFunction} lookup
   */
  constructor(sentinel, name, lookup) {
    this.#sentinel = sentinel;
    this.#name = name;
    this.#lookup = lookup;
  }

  ref() {
    for (const socket of this.#sockets) socket.ref();
  }

  unref() {
    for (const socket of this.#sockets) socket.unref();
  }

  /** @param {Error} [error] */
  destroy(error) {
    this.#isEnded = true;
    for (const socket of this.#sockets) socket.destroy(error);
  }

  /**
   * @returns {Promise<Primary>}
   * @throws {ConnectionRefused} when the sentinels refuse us, or watch no primary of this name
   * @throws {Error} when no sentinel answers, or the primary is down and no other one is elected yet
   */
  async primary() {
    const { nodes } = this.#sentinel;
    /** By the sentinel's index. @type {Answer[]} */
    const answers = [];
    await new Promise((resolve) => {
      let missing = nodes.length;
      for (const [i, node] of nodes.entries()) {
        void this.#answerOf(node).then((answer) => {
          answers[i] = answer;
          missing -= 1;
          if (missing === 0) resolve(undefined);
          else if ("primary" in answer) setTimeout(resolve, OTHERS_WITHIN_MS);
        });
      }
    });
    if (this.#isEnded) throw new Error("connection closed");
    this.destroy();
    const primaries = answers.flatMap((answer) => ("primary" in answer ? [answer.primary] : []));
    if (primaries.length === 0) throw reasonOf(answers.flatMap((answer) => ("error" in answer ? [answer.error] : [])));
    return primaries.reduce((a, b) => (b.epoch > a.epoch ? b : a));
  }

  /**
   * @param {{ host: string, port: number }} node
   * @returns {Promise<Answer>}
   */
  async #answerOf({ host, port }) {
    const { tls, username, password, timeoutMs } = this.#sentinel;
    const where = `sentinel ${host}:${port}`;
    const socket = openSocket({ host, port, tls }, this.#lookup);
    this.#sockets.add(socket);
    let error = /** @type {Error | null} */ (null);
    socket.on("error", (reason) => {
      error ??= reason;
    });
    const tooLate = new Error(`no answer within ${timeoutMs / 1000} s`);
    const deadline = setTimeout(() => socket.destroy(tooLate), timeoutMs);
    try {
      await opened(socket, { isTls: tls !== undefined, connectTimeoutMs: timeoutMs });
      await shakeHands(socket, { username, password, db: 0, name: this.#name });
      return { primary: primaryIn(tableOf(await ask(socket, ["SENTINEL", "MASTERS"])), this.#sentinel) };
    } catch (reason) {
      return { error: named(where, error ?? /** @type {Error} */ (reason)) };
    } finally {
      clearTimeout(deadline);
      socket.destroy();
      this.#sockets.delete(socket);
    }
  }
}

/**
 * @param {import("./resp.js").Reply} reply of `SENTINEL MASTERS`: a list of names and values for each primary
 * @returns {Array<Record<string, string>>}
 */
function tableOf(reply) {
  const lists = /** @type {string[][]} */ (Array.isArray(reply) ? reply : []);
  return lists.map((list) => Object.fromEntries(list.flatMap((name, i) => (i % 2 ? [] : [[name, list[i + 1]]]))));
}

/**
 * @param {Array<Record<string, string>>} watched
 * @param {SentinelAddress} sentinel
 * @returns {Primary} the one that commands may be sent to
 * @throws {Error}
 */
function primaryIn(watched, { masterName, minOtherSentinels }) {
  const state = watched.find(({ name }) => name === masterName);
  if (state === undefined) {
    const names = watched.map(({ name }) => `'${name}'`).join(", ") || "nothing";
    throw new ConnectionRefused(`master_name='${masterName}' is not known; it watches ${names}`, {
      isTemporary: false,
    });
  }
  const { ip, port, flags, "num-other-sentinels": others, "config-epoch": epoch } = state;
  if (!/\bmaster\b/.test(flags) || /\b[so]_down\b/.test(flags)) {
    throw new Error(`'${masterName}' (${ip}:${port}) is down, and no other one is elected yet`);
  }
  if (Number(others) < minOtherSentinels) {
    throw new Error(`it sees ${others} other sentinels, and min_other_sentinels is ${minOtherSentinels}`);
  }
  return { host: ip, port: Number(port), epoch: Number(epoch) };
}

/**
 * @param {string} where
 * @param {Error} error
 * @returns {Error}
 */
function named(where, error) {
  const message = `${where}: ${describe(error)}`;
  const isRefusal = error instanceof ConnectionRefused ? !error.isTemporary : isReplyError(error);
  const isFinal = isRefusedTls(error) || (isRefusal && !isPassing(error.message));
  return isFinal ? new ConnectionRefused(message, { cause: error, isTemporary: false }) : new Error(message);
}

/**
 * @param {Error[]} errors of all sentinels, none of which names a primary
 * @returns {Error} the most useful error: from a sentinel that knows the primary, else a refusal, else that none answers
 */
function reasonOf(errors) {
  const waiting = errors.find(({ message }) => /is down, and no other|other sentinels, and/.test(message));
  const refusal = errors.find((error) => error instanceof ConnectionRefused);
  return waiting ?? refusal ?? new Error(`no sentinel answers: ${errors.map(({ message }) => message).join("; ")}`);
}
