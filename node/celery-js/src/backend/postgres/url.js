/** Reads Celery's URLs of PostgreSQL result backends, `db+postgresql://`, into connection options. */
import { readFileSync } from "node:fs";
import { ImproperlyConfigured } from "../../errors.js";
import { hideSecrets, UNREADABLE } from "../../transport/url.js";
import { didYouMean } from "../../validation/suggest.js";

/**
 * @typedef {object} PostgresAddress
 * @property {string} host a name, an address, or the folder of a Unix socket
 * @property {number} port
 * @property {string} database
 * @property {string} [user]
 * @property {string} [password]
 * @property {import("node:tls").ConnectionOptions} [tls] absent: without encryption
 * @property {number} [connectTimeoutMs]
 * @property {string} display the URL without its password, for logs
 */

/** Python's driver is part of the scheme, and means nothing here. */
export const SCHEMES = Object.freeze(["db+postgresql", "db+postgresql+psycopg", "db+postgresql+psycopg2"]);
export const PARAMETER_NAMES = Object.freeze([
  "host",
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "connect_timeout",
]);
const MODES = ["disable", "require", "verify-ca", "verify-full"];
const EXPECTED = "expected db+postgresql://user:password@host:5432/database";
const PARTS = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)\/([^/?#]+)(?:\?([^#]*))?$/i;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;
const LAST_PORT = 65_535;

/**
 * @param {string} url `db+postgresql://[user[:password]@][host][:port]/database[?sslmode=verify-full]`
 * @param {{ tls?: import("node:tls").ConnectionOptions }} [options]
 * @returns {PostgresAddress}
 * @throws {ImproperlyConfigured} when the URL cannot be read, or has an unknown parameter
 */
export function parsePostgresUrl(url, { tls } = {}) {
  const display = hideSecrets(url, PARAMETER_NAMES);
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`resultBackend='${display}': ${problem}`);
  const parts = PARTS.exec(url);
  if (parts === null) throw refuse(`the database is missing or cannot be read; ${EXPECTED}`);
  const [, authority, database, query = ""] = parts;
  const at = authority.lastIndexOf("@");
  const where = HOST_AND_PORT.exec(authority.slice(at + 1));
  if (where === null || Number(where[2] ?? 0) > LAST_PORT) {
    throw refuse(UNREADABLE);
  }
  const { host, ...parameters } = readParameters(query, refuse);
  const [user, password] = credentialsOf(authority.slice(0, Math.max(at, 0)));
  return {
    host: host ?? (unquote(where[1].replace(/^\[|\]$/g, "")) || "127.0.0.1"),
    port: Number(where[2] || 5432),
    database: unquote(database),
    ...(user && { user }),
    ...(password && { password }),
    ...(parameters.connectTimeoutMs && { connectTimeoutMs: parameters.connectTimeoutMs }),
    ...((parameters.tls ?? tls) && { tls: { ...parameters.tls, ...tls } }),
    display,
  };
}

/**
 * @param {string} text before the `@`
 * @returns {string[]}
 */
function credentialsOf(text) {
  const colon = text.indexOf(":");
  return (colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)]).map(unquote);
}

/**
 * @param {string} text
 * @returns {string} as Python's `unquote`: a percent sign that begins no code stays
 */
const unquote = (text) =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());

/**
 * @param {string} query
 * @param {(problem: string) => Error} refuse
 * @returns {{ host?: string, connectTimeoutMs?: number, tls?: import("node:tls").ConnectionOptions }}
 */
function readParameters(query, refuse) {
  const given = new URLSearchParams(query);
  for (const name of given.keys())
    if (!PARAMETER_NAMES.includes(name)) throw refuse(name.includes("@") ? UNREADABLE : unknown(name));
  const host = given.get("host");
  if (host !== null && !host.startsWith("/")) throw refuse(`host='${host}': expected the folder of a Unix socket`);
  const timeout = given.get("connect_timeout");
  if (timeout !== null && !/^[1-9]\d*$/.test(timeout)) {
    throw refuse(`connect_timeout='${timeout}': expected a whole number of seconds, at least 1`);
  }
  return {
    ...(host !== null && { host }),
    ...(timeout !== null && { connectTimeoutMs: Number(timeout) * 1000 }),
    tls: tlsOf(given, refuse),
  };
}

/**
 * libpq's modes. `require` encrypts, and checks no certificate; with an `sslrootcert` it checks as `verify-ca` does.
 *
 * @param {URLSearchParams} given
 * @param {(problem: string) => Error} refuse
 * @returns {import("node:tls").ConnectionOptions | undefined}
 */
function tlsOf(given, refuse) {
  const mode = given.get("sslmode") ?? "disable";
  if (!MODES.includes(mode)) throw refuse(`sslmode='${mode}': expected one of ${MODES.join(", ")}`);
  const files = /** @type {const} */ ([
    ["sslrootcert", "ca"],
    ["sslcert", "cert"],
    ["sslkey", "key"],
  ]).filter(([name]) => given.has(name));
  if (mode === "disable") {
    if (files.length > 0) throw refuse(`${files[0][0]} needs sslmode=verify-full, verify-ca or require`);
    return undefined;
  }
  const contents = files.map(([name, option]) => [option, readPem(name, String(given.get(name)), refuse)]);
  const isChecked = mode !== "require" || given.has("sslrootcert");
  return {
    ...Object.fromEntries(contents),
    rejectUnauthorized: isChecked,
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
  };
}

/**
 * @param {string} name
 * @param {string} file
 * @param {(problem: string) => Error} refuse
 */
function readPem(name, file, refuse) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw refuse(`${name}='${file}': ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {string} name */
function unknown(name) {
  if (/^(user(name|id)?|pass(word|wd)?)$/.test(name)) {
    return `user and password stand before the '@' (db+postgresql://user:password@host/database), not in '${name}'`;
  }
  return `unknown parameter '${name}'${didYouMean(name, PARAMETER_NAMES)}; known are ${PARAMETER_NAMES.join(", ")}`;
}
