/** The query parameters of broker and result URLs. Both languages know these and no others (docs/settings.md lists them). */
import { didYouMean } from "../../validation/suggest.js";
import { flag, TLS_READERS } from "../tls-parameters.js";

/**
 * @typedef {object} Parameters
 * @property {string} [virtualHost]
 * @property {number} [replyTimeoutMs]
 * @property {number} [connectTimeoutMs]
 * @property {boolean} [keepAlive]
 * @property {number} [echoIntervalMs]
 * @property {TlsOptions} tls
 *
 * @typedef {import("../tls-parameters.js").TlsOptions} TlsOptions
 * @typedef {import("../tls-parameters.js").Refuse} Refuse
 * @typedef {(value: string, say: Refuse) => Partial<Parameters>} Reader
 */

/** What each means, by its name in redis-py and kombu. @type {Record<string, Reader>} */
const READERS = {
  virtual_host: (value) => ({ virtualHost: value }),
  socket_timeout: (value, say) => ({ replyTimeoutMs: milliseconds(value, say) }),
  socket_connect_timeout: (value, say) => ({ connectTimeoutMs: milliseconds(value, say) }),
  socket_keepalive: (value, say) => ({ keepAlive: flag(value, say) }),
  health_check_interval: (value, say) => ({ echoIntervalMs: milliseconds(value, say) }),
};

export const PARAMETER_NAMES = Object.freeze([...Object.keys(READERS), ...Object.keys(TLS_READERS)]);

/**
 * @param {string} query what follows the `?`
 * @param {{ isTls: boolean, refuse: Refuse }} options `refuse` makes the error
 * @returns {Parameters}
 * @throws {Error} of `refuse`, for a name that is not in the list, and for an invalid value
 */
export function readParameters(query, { isTls, refuse }) {
  /** @type {Parameters} */
  const found = { tls: {} };
  for (const [name, value] of new URLSearchParams(query)) {
    // The value is not shown: where the name is wrong, it may be a password.
    if (!PARAMETER_NAMES.includes(name)) throw refuse(unknown(name));
    const say = (/** @type {string} */ problem) => refuse(`${name}='${value}': ${problem}`);
    if (name in READERS) Object.assign(found, READERS[name](value, say));
    else if (isTls) Object.assign(found.tls, TLS_READERS[name](value, say));
    else throw refuse(`${name} is for rediss://`);
  }
  return found;
}

/** @param {string} name */
function unknown(name) {
  if (/^(user(name|id)?|pass(word|wd)?)$/.test(name)) {
    return `user and password stand before the '@' (redis://user:password@host), not in the parameter '${name}'`;
  }
  return `unknown parameter '${name}'${didYouMean(name, PARAMETER_NAMES)}; known are ${PARAMETER_NAMES.join(", ")}`;
}

/**
 * @param {string} seconds
 * @param {Refuse} say
 */
function milliseconds(seconds, say) {
  const value = Number(seconds);
  if (seconds.trim() === "" || !Number.isFinite(value) || value <= 0) throw say("expected seconds, more than 0");
  return value * 1000;
}
