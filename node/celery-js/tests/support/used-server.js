/** One server for all tests of a `describe`, and a worker on it. */
import { after, before } from "node:test";
import { startServer } from "./server.js";
import { inspector } from "./transport.js";
import { startWorker } from "./worker.js";

/**
 * @typedef {object} UsedServer filled in before the tests run
 * @property {import("./server.js").TestServer} server
 * @property {string} url the server's
 * @property {import("ioredis").Redis} redis for looking at it
 */

/** @returns {UsedServer} */
export function useServer() {
  const used = /** @type {UsedServer} */ ({});
  before(async () => {
    used.server = await startServer();
    used.url = used.server.url;
    used.redis = inspector(used.url);
  });
  after(async () => {
    used.redis.disconnect();
    await used.server.stop();
  });
  return used;
}

/**
 * @typedef {UsedServer & Awaited<ReturnType<typeof startWorker>>} UsedWorker filled in before the tests run
 *
 * @param {Parameters<typeof startWorker>[1]} tasks by name
 * @param {Parameters<typeof startWorker>[2]} [rest]
 * @returns {UsedWorker & { call: (name: string, args?: unknown[], options?: object) => Promise<unknown> }} `call` resolves to a
 *   task's result
 */
export function useWorker(tasks, rest) {
  const used = /** @type {UsedWorker} */ ({});
  before(async () => {
    const server = await startServer();
    const redis = inspector(server.url);
    Object.assign(used, { server, url: server.url, redis }, await startWorker(server.url, tasks, rest));
  });
  after(async () => {
    await used.stop();
    used.redis.disconnect();
    await used.server.stop();
  });
  const call = async (/** @type {string} */ name, /** @type {unknown[]} */ args = [], options = {}) =>
    (await used.app.sendTask(name, args, options)).get({ timeout: 10 });
  return Object.assign(used, { call });
}
