/**
 * Opens connections for ioredis, which reports a refused SELECT and calls the connection ready all the same. Guarantee: a
 * socket reaches ioredis only after its whole handshake was accepted, and that takes no longer than its limit, whatever the
 * name server, the network, TLS or the server leave unanswered. After a failure the next attempt begins with the host's next address.
 */
import dns from "node:dns";
import net from "node:net";
import tls from "node:tls";
import { AbstractConnector } from "ioredis";
import { describe } from "../errors.js";
import { ConnectionRefused, shakeHands } from "./handshake.js";
import { isRefusedTls } from "./replies.js";

/** From the first packet to a connection that is ready. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long closing waits for a server that does not close its side. */
const DISCONNECT_TIMEOUT_MS = 200;
/** How long a connection may be idle before the system probes the other side. */
const KEEPALIVE_DELAY_MS = 30_000;

/**
 * @typedef {object} DialOptions
 * @property {Omit<import("./url.js").RedisAddress, "display">} address
 * @property {string} name of the connection
 * @property {number} connectTimeoutMs until the server's machine has accepted
 * @property {number} handshakeTimeoutMs until the server has accepted, the time to connect included
 * @property {typeof dns.lookup} [lookup] default: the system's
 */

export class Dialer extends AbstractConnector {
  #options;
  #attempts = 0;
  /** The attempt under way. @type {net.Socket | null} */
  dialing = null;
  /** Why the last attempt failed: ioredis reports this. @type {Error | undefined} */
  firstError = undefined;
  /** About the last handshake that was accepted. @type {string[]} */
  warnings = [];

  /** @param {DialOptions} options */
  constructor(options) {
    super(DISCONNECT_TIMEOUT_MS);
    this.#options = options;
  }

  /** @returns {Promise<net.Socket>} ready for commands; destroyed when the attempt failed, as `firstError` then says */
  async connect() {
    this.#attempts += 1;
    this.firstError = undefined;
    const { address, name, handshakeTimeoutMs } = this.#options;
    const socket = this.#open();
    this.dialing = socket;
    let error = /** @type {Error | null} */ (null);
    socket.on("error", (reason) => {
      error ??= reason;
      this.firstError ??= reason;
    });
    const tooLate = new Error(`no answer to the handshake within ${handshakeTimeoutMs / 1000} s`);
    const deadline = setTimeout(() => socket.destroy(tooLate), handshakeTimeoutMs);
    try {
      await opened(socket, this.#options);
      this.warnings = await shakeHands(socket, { ...address, name });
    } catch (reason) {
      this.firstError = refusalOf(error ?? /** @type {Error} */ (reason));
      socket.destroy();
    } finally {
      clearTimeout(deadline);
      this.dialing = null;
    }
    this.stream = socket;
    return socket;
  }

  /** Ends the connection, or the attempt to open it. */
  disconnect() {
    if (this.dialing) this.dialing.destroy();
    else super.disconnect();
  }

  /** @returns {net.Socket} */
  #open() {
    const { host = "127.0.0.1", port = 6379, path, tls: secure, keepAlive = true } = this.#options.address;
    const where = path === undefined ? { host, port, lookup: this.#lookup } : { path };
    const socket = secure ? tls.connect({ ...nameFor(host), ...tlsOptions(secure), ...where }) : net.connect(where);
    return socket.setNoDelay(true).setKeepAlive(keepAlive, KEEPALIVE_DELAY_MS);
  }

  /**
   * The host's addresses, starting with another one at each attempt, so that a machine which accepts but stays silent is
   * not tried for ever.
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

/** The name that the certificate must have; none for an address, where Node would warn. @param {string} host */
const nameFor = (host) => (net.isIP(host) ? {} : { servername: host });

/**
 * @param {import("./url-parameters.js").TlsOptions} options
 * @returns {tls.ConnectionOptions}
 */
function tlsOptions({ checkHostname = true, ...options }) {
  return checkHostname ? options : { ...options, checkServerIdentity: () => undefined };
}

/**
 * @param {net.Socket} socket
 * @param {DialOptions} options
 * @returns {Promise<void>} once it is connected, TLS included
 */
function opened(socket, { address, connectTimeoutMs }) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error("connect ETIMEDOUT")), connectTimeoutMs);
    socket.once("connect", () => clearTimeout(timer));
    const onClose = () => {
      clearTimeout(timer);
      reject(new Error("connection closed"));
    };
    socket.once("close", onClose);
    socket.once(address.tls ? "secureConnect" : "connect", () => {
      socket.off("close", onClose);
      resolve(undefined);
    });
  });
}

/**
 * @param {Error} error of an attempt
 * @returns {Error} a certificate that is not trusted counts as a refusal
 */
function refusalOf(error) {
  return isRefusedTls(error) ? new ConnectionRefused(describe(error), { cause: error, isTemporary: false }) : error;
}
