/** Opens sockets to servers and to sentinels, with or without TLS. */
import dns from "node:dns";
import net from "node:net";
import tls from "node:tls";

/** How long a connection may be idle before the system probes the other side. */
const KEEPALIVE_DELAY_MS = 30_000;

/**
 * @typedef {object} Target
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [path] of a unix socket
 * @property {import("./url-parameters.js").TlsOptions} [tls]
 * @property {boolean} [keepAlive]
 */

/**
 * @param {Target} target
 * @param {import("node:net").LookupFunction} [lookup]
 * @returns {net.Socket} on its way
 */
export function openSocket({ host = "127.0.0.1", port = 6379, path, tls: secure, keepAlive = true }, lookup) {
  const where = path === undefined ? { host, port, lookup: lookup ?? dns.lookup } : { path };
  const socket = secure ? tls.connect({ ...nameFor(host), ...tlsOptions(secure), ...where }) : net.connect(where);
  return socket.setNoDelay(true).setKeepAlive(keepAlive, KEEPALIVE_DELAY_MS);
}

/** The name that the certificate must have; none for an IP address, for which Node would warn. @param {string} host */
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
 * @param {{ isTls: boolean, connectTimeoutMs: number }} options
 * @returns {Promise<void>} once it is connected, TLS included
 */
export function opened(socket, { isTls, connectTimeoutMs }) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error("connect ETIMEDOUT")), connectTimeoutMs);
    socket.once("connect", () => clearTimeout(timer));
    const onClose = () => {
      clearTimeout(timer);
      reject(new Error("connection closed"));
    };
    socket.once("close", onClose);
    socket.once(isTls ? "secureConnect" : "connect", () => {
      socket.off("close", onClose);
      resolve(undefined);
    });
  });
}
