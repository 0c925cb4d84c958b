/** Reads the broker and result URLs that Celery takes into connection options, by the rules of `kombu.utils.url`. */
import { ImproperlyConfigured } from "../../errors.js";
import { hideSecrets } from "../url.js";
import { credentialsOf, hostOf, partsOf, unquote } from "../url-parts.js";
import { parseSentinelUrl } from "./sentinel-url.js";
import { databaseNumber, PARAMETER_NAMES, readParameters } from "./url-parameters.js";

/**
 * @typedef {object} RedisAddress
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [path] of a unix socket
 * @property {number} db
 * @property {string} [username]
 * @property {string} [password]
 * @property {import("./url-parameters.js").TlsOptions} [tls] present for rediss:// and for ssl=true; certificates are checked unless the URL says not to
 * @property {number} [replyTimeoutMs] the query's `socket_timeout`
 * @property {number} [connectTimeoutMs] the query's `socket_connect_timeout`
 * @property {boolean} [keepAlive] the query's `socket_keepalive`
 * @property {number} [echoIntervalMs] the query's `health_check_interval`
 * @property {import("./sentinel.js").SentinelAddress} [sentinel] in place of host, port and path
 * @property {string} display the URL without its password, for logs
 */

const EXPECTED = "redis://, rediss://, redis+socket:// or sentinel://";
const FAILOVER =
  "one server, not several: kombu's failover would find other messages there. Sentinel switches to a replica with the same " +
  "messages: sentinel://host:26379/0;sentinel://host2:26379/0?master_name=name";
const SOCKETS = ["redis+socket", "socket", "unix"];
export const SCHEMES = Object.freeze(["redis", "rediss", "sentinel", ...SOCKETS]);
/**
 * @param {string} url `redis[s]://[[user]:password@]host[:port][/db]`, `redis+socket://[[user]:password@]/path?virtual_host=db` or
 *   `sentinel://[[user]:password@]host[:port][/db][;sentinel://...]?master_name=name`
 * @param {{ options?: import("../../settings.js").TransportOptions, name?: string }} [options] the transport options that go with the
 *   URL; `name` is the setting, for errors
 * @returns {RedisAddress}
 * @throws {ImproperlyConfigured} when the URL is none of these, or has an unknown parameter
 */
export function parseRedisUrl(url, { options = {}, name = "brokerUrl" } = {}) {
  const display = hideSecrets(url, PARAMETER_NAMES);
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`${name}='${display}': ${problem}`);
  const parts = partsOf(url);
  if (parts === null) throw refuse(`not a URL; expected ${EXPECTED}`);
  const { scheme, user, host, path, query } = parts;
  if (!SCHEMES.includes(scheme)) throw refuse(`unknown scheme '${scheme}'; expected ${EXPECTED}`);
  if (scheme === "sentinel") return { ...parseSentinelUrl(url, { options, refuse }), display };
  // A semicolon before an `@` is the password's.
  if (/;(?:[a-z][a-z0-9+.-]*:\/\/|[^@]*$)/i.test(host + path)) throw refuse(FAILOVER);
  const { virtualHost, tls, sentinel: _, ...limits } = readParameters(query, { scheme, refuse });
  const common = { ...limits, ...credentialsOf(user), display };
  if (SOCKETS.includes(scheme)) {
    if (host !== "" || path === "") {
      throw refuse(
        "a socket's path follows three slashes or the '@': redis+socket:///path or redis+socket://:password@/path",
      );
    }
    return { path: unquote(path), db: databaseNumber(virtualHost ?? "", refuse), ...common };
  }
  return {
    ...hostOf(host, { defaultPort: 6379, refuse }),
    db: databaseNumber(virtualHost ?? unquote(path).slice(1), refuse),
    ...common,
    ...(scheme === "rediss" && { tls: { ...tls, ...options.tls } }),
  };
}

/**
 * @param {import("../../settings.js").Settings} settings whose result backend may be another kind of server
 * @returns {boolean} whether one script can change messages and results
 */
export function isSameDatabase({ brokerUrl, resultBackend, ...settings }) {
  if (resultBackend === null || !SCHEMES.includes(resultBackend.split(":", 1)[0].toLowerCase())) return false;
  const a = parseRedisUrl(brokerUrl, { options: settings.brokerTransportOptions });
  const b = parseRedisUrl(resultBackend, { options: settings.resultBackendTransportOptions, name: "resultBackend" });
  return placeOf(a) === placeOf(b);
}

/** @param {RedisAddress} address */
function placeOf({ host, port, path, db, sentinel }) {
  return JSON.stringify([host, port, path, db, sentinel?.masterName, sentinel?.nodes]);
}
