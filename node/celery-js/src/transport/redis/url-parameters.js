/** The query parameters of broker and result URLs. Both languages know these and no others (docs/settings.md lists them). */
import { flag, TLS_READERS } from "../tls-parameters.js";
import { UNREADABLE } from "../url.js";
import { unknownParameter } from "../url-parts.js";

/**
 * @typedef {object} Parameters
 * @property {string} [virtualHost]
 * @property {number} [replyTimeoutMs]
 * @property {number} [connectTimeoutMs]
 * @property {boolean} [keepAlive]
 * @property {number} [echoIntervalMs]
 * @property {TlsOptions} tls
 * @property {boolean} [isTls] to the servers that sentinels name
 * @property {SentinelParameters} sentinel
 *
 * @typedef {object} SentinelParameters
 * @property {string} [masterName]
 * @property {number} [minOtherSentinels]
 * @property {string} [username]
 * @property {string} [password]
 * @property {boolean} [isTls] to the sentinels
 *
 * @typedef {import("../tls-parameters.js").TlsOptions} TlsOptions
 * @typedef {import("../tls-parameters.js").Refuse} Refuse
 * @typedef {(value: string, say: Refuse) => Partial<Parameters>} Reader
 */

/** The reader of each parameter, by its name in redis-py and kombu. @type {Record<string, Reader>} */
const READERS = {
  virtual_host: (value) => ({ virtualHost: value }),
  socket_timeout: (value, say) => ({ replyTimeoutMs: milliseconds(value, say) }),
  socket_connect_timeout: (value, say) => ({ connectTimeoutMs: milliseconds(value, say) }),
  socket_keepalive: (value, say) => ({ keepAlive: flag(value, say) }),
  health_check_interval: (value, say) => ({ echoIntervalMs: milliseconds(value, say) }),
};

/** The same for `sentinel://` alone. @type {Record<string, (value: string, say: Refuse) => SentinelParameters>} */
const SENTINEL_READERS = {
  master_name: (value) => ({ masterName: value }),
  min_other_sentinels: (value, say) => ({ minOtherSentinels: count(value, say) }),
  sentinel_username: (value) => ({ username: value }),
  sentinel_password: (value) => ({ password: value }),
  sentinel_ssl: (value, say) => ({ isTls: flag(value, say) }),
};

const EXAMPLE = "redis://user:password@host";
const NAMES = ["ssl", ...[READERS, TLS_READERS, SENTINEL_READERS].flatMap(Object.keys)];
/** The parameters that are not secret. */
export const PARAMETER_NAMES = Object.freeze(NAMES.filter((name) => name !== "sentinel_password"));

/**
 * @param {string} query what follows the `?`
 * @param {{ scheme: string, refuse: Refuse }} options `refuse` makes the error
 * @returns {Parameters}
 * @throws {Error} of `refuse`, for a name that is not in the list, and for an invalid value
 */
export function readParameters(query, { scheme, refuse }) {
  const given = [...new URLSearchParams(query)];
  /** @type {Parameters} */
  const found = { tls: {}, sentinel: {} };
  for (const [name, value] of given) {
    if (!NAMES.includes(name)) throw refuse(unknownParameter(name, { known: NAMES, example: EXAMPLE }));
    if (!PARAMETER_NAMES.includes(name) && value === "") throw refuse(`${name} is empty`);
    const say = (/** @type {string} */ problem) => refuse(`${name}='${value}': ${problem}`);
    const isOfSentinel = name === "ssl" || name in SENTINEL_READERS;
    if (isOfSentinel && scheme !== "sentinel") throw refuse(`${name} is for sentinel://`);
    if (name === "ssl") found.isTls = flag(value, say);
    else if (name in SENTINEL_READERS) Object.assign(found.sentinel, SENTINEL_READERS[name](value, say));
    else if (name in READERS) Object.assign(found, READERS[name](value, say));
    else Object.assign(found.tls, TLS_READERS[name](value, say));
  }
  const isTls = scheme === "rediss" || found.isTls || found.sentinel.isTls;
  const tlsName = given.map(([name]) => name).find((name) => name in TLS_READERS);
  if (tlsName !== undefined && !isTls) throw refuse(`${tlsName} is for ${needOf(scheme)}`);
  return found;
}

/** @param {string} scheme @returns {string} what the TLS parameters require */
const needOf = (scheme) => (scheme === "sentinel" ? "ssl=true or sentinel_ssl=true" : "rediss://");

/**
 * @param {string} seconds
 * @param {Refuse} say
 */
function milliseconds(seconds, say) {
  const value = Number(seconds);
  if (seconds.trim() === "" || !Number.isFinite(value) || value <= 0) throw say("expected seconds, more than 0");
  return value * 1000;
}

/**
 * @param {string} text
 * @param {Refuse} say
 */
function count(text, say) {
  if (!/^\d+$/.test(text)) throw say("expected a whole number");
  return Number(text);
}

/**
 * @param {string} text
 * @param {(problem: string) => Error} refuse
 */
export function databaseNumber(text, refuse) {
  const number = text.replace(/^\/|\/$/g, "");
  if (number === "") return 0;
  // The end of a password with a raw `/`.
  if (number.includes("@")) throw refuse(UNREADABLE);
  if (!/^\d+$/.test(number)) throw refuse(`the database is a number, not '${number}'`);
  return Number(number);
}
