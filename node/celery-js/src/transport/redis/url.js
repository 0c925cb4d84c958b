/** Reads the broker and result URLs that Celery takes into connection options, by the rules of `kombu.utils.url`. */
import { ImproperlyConfigured } from "../../errors.js";
import { hideSecrets } from "../url.js";
import { PARAMETER_NAMES, readParameters } from "./url-parameters.js";

/**
 * @typedef {object} RedisAddress
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [path] of a unix socket
 * @property {number} db
 * @property {string} [username]
 * @property {string} [password]
 * @property {import("./url-parameters.js").TlsOptions} [tls] present for rediss://; certificates are checked unless the URL says not to
 * @property {number} [replyTimeoutMs] the query's `socket_timeout`
 * @property {number} [connectTimeoutMs] the query's `socket_connect_timeout`
 * @property {boolean} [keepAlive] the query's `socket_keepalive`
 * @property {number} [echoIntervalMs] the query's `health_check_interval`
 * @property {string} display the URL without its password, for logs
 */

const EXPECTED = "redis://, rediss:// or redis+socket://";
const SOCKETS = ["redis+socket", "socket", "unix"];
export const SCHEMES = Object.freeze(["redis", "rediss", ...SOCKETS]);
/** In this order: a password may contain any character without a meaning in a URL. */
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;
const LAST_PORT = 65_535;

/**
 * @param {string} url `redis[s]://[[user]:password@]host[:port][/db]` or `redis+socket://[[user]:password@]/path?virtual_host=db`
 * @param {{ tls?: import("node:tls").ConnectionOptions, name?: string }} [options] `name` is the setting, for errors
 * @returns {RedisAddress}
 * @throws {ImproperlyConfigured} when the URL is none of these, or has an unknown parameter
 */
export function parseRedisUrl(url, { tls = {}, name = "brokerUrl" } = {}) {
  const display = hideSecrets(url, PARAMETER_NAMES);
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`${name}='${display}': ${problem}`);
  const parts = PARTS.exec(url);
  if (parts === null) throw refuse(`not a URL; expected ${EXPECTED}`);
  const [, given, authority, path, query = ""] = parts;
  const scheme = given.toLowerCase();
  if (!SCHEMES.includes(scheme)) {
    throw refuse(`unknown scheme '${scheme}'; expected ${EXPECTED}`);
  }
  const at = authority.lastIndexOf("@");
  const parameters = readParameters(query, { isTls: scheme === "rediss", refuse });
  const { virtualHost, tls: queryTls, ...limits } = parameters;
  const common = { ...limits, ...credentialsOf(authority.slice(0, Math.max(at, 0))), display };
  if (SOCKETS.includes(scheme)) {
    if (authority.slice(at + 1) !== "" || path === "") {
      throw refuse(
        "a socket's path follows three slashes or the '@': redis+socket:///path or redis+socket://:password@/path",
      );
    }
    return { path: unquote(path), db: databaseNumber(virtualHost ?? "", refuse), ...common };
  }
  const where = HOST_AND_PORT.exec(authority.slice(at + 1));
  if (where === null || Number(where[2] ?? 0) > LAST_PORT) {
    throw refuse(
      "the host or port cannot be read; in a password, / is written %2F, ? is %3F, # is %23, @ is %40, % is %25",
    );
  }
  return {
    host: unquote(where[1].replace(/^\[|\]$/g, "")) || "127.0.0.1",
    port: Number(where[2] || 6379),
    db: databaseNumber(virtualHost ?? unquote(path).slice(1), refuse),
    ...common,
    ...(scheme === "rediss" && { tls: { ...queryTls, ...tls } }),
  };
}

/**
 * @param {string} text before the `@`
 * @returns {{ username?: string, password?: string }}
 */
function credentialsOf(text) {
  const colon = text.indexOf(":");
  const [username, password] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  return { ...(username && { username: unquote(username) }), ...(password && { password: unquote(password) }) };
}

/**
 * @param {string} text
 * @returns {string} as Python's `unquote`: a percent sign that begins no code stays
 */
const unquote = (text) =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());

/**
 * @param {string} text
 * @param {(problem: string) => Error} refuse
 */
function databaseNumber(text, refuse) {
  const number = text.replace(/^\/|\/$/g, "");
  if (number === "") return 0;
  if (!/^\d+$/.test(number)) throw refuse(`the database is a number, not '${number}'`);
  return Number(number);
}

/**
 * @param {string} a a Redis URL
 * @param {string} b of the result backend, which may be another kind of server
 * @returns {boolean} whether one script can change both
 */
export function isSameDatabase(a, b) {
  if (!SCHEMES.includes(b.split(":", 1)[0].toLowerCase())) return false;
  const [x, y] = [parseRedisUrl(a), parseRedisUrl(b, { name: "resultBackend" })];
  return x.host === y.host && x.port === y.port && x.path === y.path && x.db === y.db;
}
