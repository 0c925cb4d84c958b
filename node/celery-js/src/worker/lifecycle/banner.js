/** What a worker prints on a terminal when it starts, in place of celery.apps.worker's banner: three lines, as a Python worker. */
const MAX_NAMES = 10;

/**
 * @typedef {object} Facts
 * @property {string} version of celery-js
 * @property {string} app
 * @property {string} transport broker URL without its password
 * @property {string} results result URL without its password
 * @property {Partial<Record<string, number>>} concurrency tasks at a time, by pool
 * @property {string[]} queues
 * @property {string[]} tasks
 */

/**
 * @param {string} hostname
 * @param {Facts} facts
 * @returns {string}
 */
export function banner(hostname, { version, transport, results, concurrency, queues, tasks }) {
  const sizes = Object.entries(concurrency).map(([pool, size]) => `${size} (${pool})`);
  const names = tasks.slice(0, MAX_NAMES).join(", ") || "none";
  const more = tasks.length > MAX_NAMES ? ` and ${tasks.length - MAX_NAMES} more` : "";
  return [
    `${hostname}: celery-js ${version}, Node ${process.versions.node}, concurrency ${sizes.join(", ")}`,
    `  broker ${transport}, results ${results}`,
    `  queues ${queues.join(", ")}; tasks ${names}${more}`,
    "",
  ].join("\n");
}
