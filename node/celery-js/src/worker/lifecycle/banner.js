/** What a worker prints when it starts, after celery.apps.worker's banner. */
import { arch, platform, release } from "node:os";

/**
 * @param {object} facts
 * @param {string} facts.hostname
 * @param {string} facts.version
 * @param {string} facts.app
 * @param {string} facts.transport broker URL without its password
 * @param {string} facts.results result URL without its password
 * @param {Partial<Record<string, number>>} facts.concurrency tasks at a time, by pool
 * @param {string[]} facts.queues
 * @param {string[]} facts.tasks
 * @returns {string}
 */
export function banner({ hostname, version, app, transport, results, concurrency, queues, tasks }) {
  const node = `Node ${process.versions.node}, ${platform()}-${arch()}-${release()}`;
  const sizes = Object.entries(concurrency).map(([pool, size]) => `${size} (${pool})`);
  const now = new Date().toISOString().slice(0, 19).replace("T", " ");
  return [
    "",
    ` ${hostname} celery-js v${version}`,
    ` ${node} ${now}`,
    "",
    " [config]",
    ` .> app:         ${app}`,
    ` .> transport:   ${transport}`,
    ` .> results:     ${results}`,
    ` .> concurrency: ${sizes.join(", ")}`,
    "",
    " [queues]",
    ...queues.map((queue) => ` .> ${queue}`),
    "",
    " [tasks]",
    ...tasks.map((task) => `  . ${task}`),
    "",
    "",
  ].join("\n");
}
