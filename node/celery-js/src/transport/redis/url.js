/** Reads the broker and result URLs that Celery takes into connection options, and hides their passwords. */
import { readFileSync } from "node:fs";
import { ImproperlyConfigured } from "../../errors.js";

/**
 * @typedef {object} RedisAddress
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [path] of a unix socket
 * @property {number} db
 * @property {string} [username]
 * @property {string} [password]
 * @property {import("node:tls").ConnectionOptions} [tls] present for rediss://; certificates are checked unless the URL says not to
 * @property {string} display the URL without its password, for logs
 */

const SCHEMES = "redis://, rediss:// or redis+socket://";

/**
 * @param {string} url `redis[s]://[[user]:password@]host[:port][/db]` or `redis+socket:///path?virtual_host=db`
 * @param {{ tls?: import("node:tls").ConnectionOptions, name?: string }} [options] `name` is the setting, for errors
 * @returns {RedisAddress}
 * @throws {ImproperlyConfigured} when the URL is none of these
 */
export function parseRedisUrl(url, { tls = {}, name = "brokerUrl" } = {}) {
  /** @type {URL} */
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    throw new ImproperlyConfigured(`${name}='${hidePassword(url)}': not a URL; expected ${SCHEMES}`);
  }
  const scheme = parsed.protocol.slice(0, -1);
  const credentials = {
    ...(parsed.username && { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password && { password: decodeURIComponent(parsed.password) }),
  };
  if (scheme === "redis+socket" || scheme === "socket" || scheme === "unix") {
    const db = databaseNumber(parsed.searchParams.get("virtual_host") ?? "", url, name);
    return { path: decodeURIComponent(parsed.pathname), db, ...credentials, display: hidePassword(url) };
  }
  if (scheme !== "redis" && scheme !== "rediss") {
    throw new ImproperlyConfigured(`${name}='${hidePassword(url)}': unknown scheme '${scheme}'; expected ${SCHEMES}`);
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1",
    port: Number(parsed.port || 6379),
    db: databaseNumber(parsed.searchParams.get("virtual_host") ?? parsed.pathname.slice(1), url, name),
    ...credentials,
    ...(scheme === "rediss" && { tls: { ...tlsFromQuery(parsed.searchParams, name), ...tls } }),
    display: hidePassword(url),
  };
}

/**
 * @param {string} url
 * @returns {string} the URL with `**` for its password, as Celery's `maybe_sanitize_url` shows it
 */
export function hidePassword(url) {
  return url.replace(/^([a-z+]+:\/\/[^:/@]*:)(.*)@/i, "$1**@");
}

/** @param {string} text @param {string} url @param {string} name */
function databaseNumber(text, url, name) {
  if (text === "" || text === "/") return 0;
  if (!/^\d+$/.test(text)) {
    throw new ImproperlyConfigured(`${name}='${hidePassword(url)}': the database is a number, not '${text}'`);
  }
  return Number(text);
}

/** Celery's query parameters of rediss:// URLs. @param {URLSearchParams} query @param {string} name */
function tlsFromQuery(query, name) {
  /** @type {import("node:tls").ConnectionOptions} */
  const tls = {};
  const requirement = query.get("ssl_cert_reqs");
  if (requirement !== null) {
    if (!/^(CERT_)?(required|optional|none)$/i.test(requirement)) {
      throw new ImproperlyConfigured(
        `${name}: ssl_cert_reqs='${requirement}': expected CERT_REQUIRED, CERT_OPTIONAL or CERT_NONE`,
      );
    }
    tls.rejectUnauthorized = !/none$/i.test(requirement);
  }
  for (const [parameter, option] of /** @type {const} */ ([
    ["ssl_ca_certs", "ca"],
    ["ssl_certfile", "cert"],
    ["ssl_keyfile", "key"],
  ])) {
    const file = query.get(parameter);
    if (file !== null) tls[option] = readPem(file, parameter, name);
  }
  return tls;
}

/** @param {string} file @param {string} parameter @param {string} name */
function readPem(file, parameter, name) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ImproperlyConfigured(`${name}: ${parameter}='${file}': ${/** @type {Error} */ (error).message}`, {
      cause: error,
    });
  }
}
