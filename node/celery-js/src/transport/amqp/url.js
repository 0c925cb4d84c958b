/** Reads the broker URLs that Celery takes for RabbitMQ into addresses, by the rules of `kombu.utils.url`; `;` separates several servers. */
import { ImproperlyConfigured } from "../../errors.js";
import { readTlsParameters, TLS_PARAMETER_NAMES } from "../tls-parameters.js";
import { hideSecrets } from "../url.js";
import { credentialsOf, hostOf, partsOf, unquote } from "../url-parts.js";

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
/** `pyamqp` is kombu's name for its driver. */
export const SCHEMES = Object.freeze(["amqp", "amqps", "pyamqp"]);
export const PARAMETER_NAMES = TLS_PARAMETER_NAMES;
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
  const servers = all.map((url) => (url.includes("://") ? url.trim() : `${scheme}://${url.trim()}`));
  const addresses = servers.map((url) => parseOne(url, tls, name));
  if (addresses.some((address) => (address.tls === undefined) !== (addresses[0].tls === undefined))) {
    const display = hideSecrets(urls, PARAMETER_NAMES);
    throw new ImproperlyConfigured(`${name}='${display}': all servers need the same scheme, ${EXPECTED}`);
  }
  return addresses;
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
  const parts = partsOf(url);
  if (parts === null) throw refuse(`not a URL; expected ${EXPECTED}`);
  const { scheme, user, host, path, query } = parts;
  if (!SCHEMES.includes(scheme)) throw refuse(`unknown scheme '${scheme}'; expected ${EXPECTED}`);
  const isTls = scheme === "amqps";
  const queryTls = readTlsParameters(query, { scheme: "amqps://", isTls, refuse });
  return {
    username: "guest",
    password: "guest",
    ...credentialsOf(user),
    ...hostOf(host, { defaultPort: isTls ? TLS_PORT : PORT, refuse }),
    // As kombu: without a path, or with an empty one, it is "/".
    vhost: unquote(path.slice(1)) || "/",
    display,
    ...(isTls && { tls: { ...queryTls, ...tls } }),
  };
}
