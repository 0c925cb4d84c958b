/** One server for all tests of a `describe`. */
import { after, before } from "node:test";
import { startServer } from "./server.js";
import { inspector } from "./transport.js";

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
