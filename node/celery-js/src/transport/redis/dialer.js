/**
 * Opens connections for ioredis, which reports a refused SELECT but still calls the connection ready. Guarantee: a
 * socket reaches ioredis only after its whole handshake was accepted, within its time limit, whichever of name server, network,
 * TLS or server does not answer. After a failure the next attempt begins with the host's next address. Behind sentinels every
 * attempt asks them for the primary, and goes to no replica.
 */
import dns from "node:dns";
import { Socket } from "node:net";
import { AbstractConnector } from "ioredis";
import { describe } from "../errors.js";
import { ConnectionRefused, checkPrimary, shakeHands } from "./handshake.js";
import { isRefusedTls } from "./replies.js";
import { SentinelSearch } from "./sentinel.js";
import { opened, openSocket } from "./sockets.js";

/** From the first packet to a connection that is ready. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long closing waits for a server that does not close its side. */
const DISCONNECT_TIMEOUT_MS = 200;

/**
 * @typedef {object} DialOptions
 * @property {Omit<import("./url.js").RedisAddress, "display">} address
 * @property {string} name of the connection
 * @property {number} connectTimeoutMs until the server's machine has accepted
 * @property {number} handshakeTimeoutMs until the server has accepted, the time to connect included
 * @property {typeof dns.lookup} [lookup] default: the system's
 */

/** @typedef {{ ref: () => unknown, unref: () => unknown, destroy: (error?: Error) => unknown }} Handle of a socket, or of several */

export class Dialer extends AbstractConnector {
  #options;
  #attempts = 0;
  /** The attempt under way. @type {Handle | null} */
  dialing = null;
  /** Why the last attempt failed: ioredis reports this. @type {Error | undefined} */
  firstError = undefined;
  /** Warnings of the last accepted handshake. @type {string[]} */
  warnings = [];

  /** @param {DialOptions} options */
  constructor(options) {
    super(DISCONNECT_TIMEOUT_MS);
    this.#options = options;
  }

  /** @returns {Promise<Socket>} ready for commands; destroyed when the attempt failed, as `firstError` then says */
  async connect() {
    this.#attempts += 1;
    this.firstError = undefined;
    const { sentinel, ...target } = this.#options.address;
    let socket = new Socket();
    try {
      socket = openSocket(sentinel ? { ...target, ...(await this.#findPrimary(sentinel)) } : target, this.#lookup);
      await this.#greet(socket, sentinel !== undefined);
    } catch (reason) {
      this.firstError = refusalOf(this.firstError ?? /** @type {Error} */ (reason));
      socket.destroy();
    } finally {
      this.dialing = null;
    }
    this.stream = socket;
    return socket;
  }

  /** @param {import("./sentinel.js").SentinelAddress} sentinel */
  async #findPrimary(sentinel) {
    const search = new SentinelSearch(sentinel, this.#options.name, this.#lookup);
    this.dialing = search;
    const { host, port } = await search.primary();
    return { host, port };
  }

  /**
   * @param {Socket} socket on its way
   * @param {boolean} isPrimary whether it must be one
   */
  async #greet(socket, isPrimary) {
    const { address, name, handshakeTimeoutMs, connectTimeoutMs } = this.#options;
    this.dialing = socket;
    socket.on("error", (reason) => {
      this.firstError ??= reason;
    });
    const tooLate = new Error(`no answer to the handshake within ${handshakeTimeoutMs / 1000} s`);
    const deadline = setTimeout(() => socket.destroy(tooLate), handshakeTimeoutMs);
    try {
      await opened(socket, { isTls: address.tls !== undefined, connectTimeoutMs });
      this.warnings = await shakeHands(socket, { ...address, name });
      if (isPrimary) await checkPrimary(socket);
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Ends the connection, or the attempt to open it. */
  disconnect() {
    if (this.dialing) this.dialing.destroy();
    else super.disconnect();
  }

  /**
   * The host's addresses, starting with another one at each attempt, so that a machine which accepts but stays silent is
   * not tried forever.
   *
   * @type {import("node:net").LookupFunction}
   */
  #lookup = (host, options, callback) => {
    const attempt = this.#attempts;
    const { lookup = dns.lookup } = this.#options;
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      const start = (attempt - 1) % addresses.length;
      const rotated = [...addresses.slice(start), ...addresses.slice(0, start)];
      if (options.all) callback(null, rotated);
      else callback(null, rotated[0].address, rotated[0].family);
    });
  };
}

/**
 * @param {Error} error of an attempt
 * @returns {Error} a certificate that is not trusted counts as a refusal
 */
function refusalOf(error) {
  return isRefusedTls(error) ? new ConnectionRefused(describe(error), { cause: error, isTemporary: false }) : error;
}
