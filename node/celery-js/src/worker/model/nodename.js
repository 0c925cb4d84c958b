/** Names of workers (celery.utils.nodenames). */
import { hostname } from "node:os";

/** Celery's NODENAME_DEFAULT. */
const DEFAULT = "celery";

/**
 * @param {string} [format] `%h` is this host's name, `%n` its first part, `%d` the rest; without an `@` it is a host's name
 * @returns {string} such as `celery@web1.example.com`
 */
export function nodename(format = "%h") {
  const { name, host } = split(format);
  return expand(`${name || DEFAULT}@${host || hostname()}`, partsOf(hostname()));
}

/**
 * @param {string} format of a file that belongs to one worker: `%h` is its host, `%d` the host's domain, `%n` its own
 *   name without the host, `%p` the whole; `%i` and `%I` number Celery's processes, of which this is the first: "0" and
 *   ""
 * @param {string} nodename of the worker
 * @returns {string}
 */
export function nodeFormat(format, nodename) {
  const { name, host } = split(nodename);
  return expand(format, { ...partsOf(host), n: name || DEFAULT, p: nodename, i: "0", I: "" });
}

/**
 * @param {string} nodename
 * @returns {{ name: string | null, host: string }}
 */
function split(nodename) {
  const at = nodename.indexOf("@");
  return at === -1 ? { name: null, host: nodename } : { name: nodename.slice(0, at), host: nodename.slice(at + 1) };
}

/**
 * @param {string} host
 * @returns {Record<string, string>}
 */
function partsOf(host) {
  const [n, ...rest] = host.split(".");
  return { h: host, n, d: rest.join(".") };
}

/**
 * @param {string} format
 * @param {Record<string, string>} parts
 * @returns {string} unknown letters stay as they are
 */
const expand = (format, parts) =>
  format.replace(/%(.)/g, (all, letter) => (letter === "%" ? "%" : (parts[letter] ?? all)));
