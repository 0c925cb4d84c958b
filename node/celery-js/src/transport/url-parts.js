/** The parts of a server's URL, read by the rules of `kombu.utils.url`. */
import { didYouMean } from "../validation/suggest.js";
import { UNREADABLE } from "./url.js";

/** In this order: a password may contain any character without a meaning in a URL. */
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;
const LAST_PORT = 65_535;

/** @typedef {import("./tls-parameters.js").Refuse} Refuse */

/**
 * @param {string} url
 * @returns {{ scheme: string, user: string, host: string, path: string, query: string } | null} null: it is not a URL
 */
export function partsOf(url) {
  const parts = PARTS.exec(url);
  if (parts === null) return null;
  const [, scheme, authority, path, query = ""] = parts;
  const at = authority.lastIndexOf("@");
  const [user, host] = [authority.slice(0, Math.max(at, 0)), authority.slice(at + 1)];
  return { scheme: scheme.toLowerCase(), user, host, path, query };
}

/**
 * @param {string} text what follows the `@`
 * @param {{ defaultPort: number, refuse: Refuse }} options
 * @returns {{ host: string, port: number }}
 */
export function hostOf(text, { defaultPort, refuse }) {
  const where = HOST_AND_PORT.exec(text);
  if (where === null || Number(where[2] ?? 0) > LAST_PORT) {
    throw refuse(UNREADABLE);
  }
  return { host: unquote(where[1].replace(/^\[|\]$/g, "")) || "127.0.0.1", port: Number(where[2] || defaultPort) };
}

/**
 * @param {string} text before the `@`
 * @returns {{ username?: string, password?: string }}
 */
export function credentialsOf(text) {
  const colon = text.indexOf(":");
  const [username, password] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  return { ...(username && { username: unquote(username) }), ...(password && { password: unquote(password) }) };
}

/**
 * @param {string} text
 * @returns {string} as Python's `unquote`: a percent sign that begins no code stays
 */
export const unquote = (text) =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());

/**
 * @param {string} name of a parameter
 * @param {{ known: readonly string[], example: string }} options `example`: a URL with a user and a password
 * @returns {string} the problem, without the parameter's value: where the name is wrong, it may be a password
 */
export function unknownParameter(name, { known, example }) {
  if (/^(user(name|id)?|pass(word|wd)?)$/.test(name)) {
    return `user and password belong before the '@' (${example}), not in the parameter '${name}'`;
  }
  // The end of a password with a raw `?`.
  if (name.includes("@")) return UNREADABLE;
  return `unknown parameter '${name}'${didYouMean(name, known)}; known are ${known.join(", ")}`;
}
