/** Names of workers (celery.utils.nodenames). */
import { hostname } from "node:os";

/**
 * @param {string} [format] `%h` is the host's name, `%n` its first part, `%d` the rest; without an `@` it is a name at this host
 * @returns {string} such as `celery@web1.example.com`
 */
export function nodename(format = "celery@%h") {
  const host = hostname();
  const dot = host.indexOf(".");
  const [name, domain] = dot === -1 ? [host, ""] : [host.slice(0, dot), host.slice(dot + 1)];
  /** @type {Record<string, string>} */
  const parts = { h: host, n: name, d: domain, "%": "%" };
  const expanded = format.replace(/%([hnd%])/g, (_, letter) => parts[letter]);
  return expanded.includes("@") ? expanded : `${expanded}@${host}`;
}
