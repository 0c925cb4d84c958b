/** Reads the broker URLs that Celery takes for RabbitMQ into addresses, by the rules of `kombu.utils.url`; `;` separates several servers. */
import { ImproperlyConfigured } from "../../errors.js";
import { readTlsParameters, TLS_PARAMETER_NAMES } from "../tls-parameters.js";
import { hideSecrets, UNREADABLE } from "../url.js";

/**
 * @typedef {object} AmqpAddress one server; data alone, as it is sent to a thread
 * @property {string} host
 * @property {number} port
 * @property {string} vhost
 * @property {string} username
 * @property {string} password
 * @property {import("../tls-parameters.js").TlsOptions} [tls] present for amqps://; certificates are checked unless the URL says not to
 * @property {string} display the URL without its password, for logs
 */

const EXPECTED = "amqp:// or amqps://";
/** `pyamqp` is kombu's name of its own driver. */
export const SCHEMES = Object.freeze(["amqp", "amqps", "pyamqp"]);
export const PARAMETER_NAMES = TLS_PARAMETER_NAMES;
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;
const LAST_PORT = 65_535;
const PORT = 5672;
const TLS_PORT = 5671;

/**
 * @param {string} urls `amqp[s]://[user:password@]host[:port][/vhost]`, several separated by `;`; those after the first may leave
 *   out the scheme
 * @param {{ tls?: import("node:tls").ConnectionOptions, name?: string }} [options] `name` is the setting, for errors
 * @returns {AmqpAddress[]} at least one
 * @throws {ImproperlyConfigured} when one of them cannot be read, or has an unknown parameter
 */
export function parseAmqpUrls(urls, { tls = {}, name = "brokerUrl" } = {}) {
  const all = urls.split(";").filter((url, i) => i === 0 || url.trim() !== "");
  const scheme = all[0].split("://", 1)[0];
  return all.map((url) => parseOne(url.includes("://") ? url.trim() : `${scheme}://${url.trim()}`, tls, name));
}

/**
 * @param {string} url
 * @param {import("node:tls").ConnectionOptions} tls
 * @param {string} name
 * @returns {AmqpAddress}
 */
function parseOne(url, tls, name) {
  const display = hideSecrets(url, PARAMETER_NAMES);
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`${name}='${display}': ${problem}`);
  const parts = PARTS.exec(url);
  if (parts === null) throw refuse(`not a URL; expected ${EXPECTED}`);
  const [, given, authority, path, query = ""] = parts;
  const scheme = given.toLowerCase();
  if (!SCHEMES.includes(scheme)) throw refuse(`unknown scheme '${scheme}'; expected ${EXPECTED}`);
  const isTls = scheme === "amqps";
  const at = authority.lastIndexOf("@");
  const where = HOST_AND_PORT.exec(authority.slice(at + 1));
  if (where === null || Number(where[2] ?? 0) > LAST_PORT) {
    throw refuse(UNREADABLE);
  }
  const queryTls = readTlsParameters(query, { scheme: "amqps://", isTls, refuse });
  return {
    host: unquote(where[1].replace(/^\[|\]$/g, "")) || "127.0.0.1",
    port: Number(where[2] || (isTls ? TLS_PORT : PORT)),
    // As kombu: without a path, or with an empty one, it is "/".
    vhost: unquote(path.slice(1)) || "/",
    ...credentialsOf(authority.slice(0, Math.max(at, 0))),
    display,
    ...(isTls && { tls: { ...queryTls, ...tls } }),
  };
}

/** @param {string} text before the `@` */
function credentialsOf(text) {
  const colon = text.indexOf(":");
  const [username, password] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  return { username: unquote(username) || "guest", password: unquote(password) || "guest" };
}

/**
 * @param {string} text
 * @returns {string} as Python's `unquote`: a percent sign that begins no code stays
 */
const unquote = (text) =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());
