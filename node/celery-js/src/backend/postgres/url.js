/** Reads Celery's URLs of PostgreSQL result backends, `db+postgresql://`, into connection options. */
import { readFileSync } from "node:fs";
import { ImproperlyConfigured } from "../../errors.js";
import { hideSecrets } from "../../transport/url.js";
import { credentialsOf, hostOf, partsOf, unknownParameter, unquote } from "../../transport/url-parts.js";

/**
 * @typedef {object} PostgresAddress
 * @property {string} host a name, an address, or the folder of a Unix socket
 * @property {number} port
 * @property {string} database
 * @property {string} [username]
 * @property {string} [password]
 * @property {import("node:tls").ConnectionOptions} [tls] absent: without encryption
 * @property {number} [connectTimeoutMs]
 * @property {string} display the URL without its password, for logs
 */

/** The scheme may name Python's driver, which does not matter here. */
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
const EXAMPLE = "db+postgresql://user:password@host:5432/database";

/**
 * @param {string} url `db+postgresql://[user[:password]@][host][:port]/database[?sslmode=verify-full]`
 * @param {{ tls?: import("node:tls").ConnectionOptions }} [options]
 * @returns {PostgresAddress}
 * @throws {ImproperlyConfigured} when the URL cannot be read, or has an unknown parameter
 */
export function parsePostgresUrl(url, { tls } = {}) {
  const display = hideSecrets(url, PARAMETER_NAMES);
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`resultBackend='${display}': ${problem}`);
  const { user = "", host: place = "", path = "", query = "" } = partsOf(url) ?? {};
  const database = unquote(path.slice(1));
  if (database === "" || database.includes("/")) {
    throw refuse(`the database is missing or cannot be read; expected ${EXAMPLE}`);
  }
  const { host, connectTimeoutMs, tls: ofUrl } = readParameters(query, refuse);
  return {
    ...hostOf(place, { defaultPort: 5432, refuse }),
    ...(host !== undefined && { host }),
    database,
    ...credentialsOf(user),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...((ofUrl ?? tls) && { tls: { ...ofUrl, ...tls } }),
    display,
  };
}

/**
 * @param {string} query
 * @param {(problem: string) => Error} refuse
 * @returns {{ host?: string, connectTimeoutMs?: number, tls?: import("node:tls").ConnectionOptions }}
 */
function readParameters(query, refuse) {
  const given = new URLSearchParams(query);
  for (const name of given.keys()) {
    if (!PARAMETER_NAMES.includes(name)) {
      throw refuse(unknownParameter(name, { known: PARAMETER_NAMES, example: EXAMPLE }));
    }
  }
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
 * libpq's modes. `require` encrypts without checking the certificate; with an `sslrootcert` it works like `verify-ca`.
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
