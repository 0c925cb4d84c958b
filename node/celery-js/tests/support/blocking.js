/** Blocking the event loop, and with it every connection of this thread, without computing. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const HERE = JSON.stringify(fileURLToPath(new URL(".", import.meta.url)));
/** Asks the server from a separate thread, and wakes the blocked one. */
const WATCH = `
  const { workerData: { url, command, above, seen } } = require("node:worker_threads");
  const { Redis } = require(require.resolve("ioredis", { paths: [${HERE}] }));
  const redis = new Redis(url);
  const look = async () => {
    if (Number(await redis.call(...command)) <= above) return void setTimeout(look, 20);
    redis.disconnect();
    Atomics.store(seen, 0, 1);
    Atomics.notify(seen, 0);
  };
  void look();`;

const cell = () => new Int32Array(new SharedArrayBuffer(4));

/** @param {number} ms */
export function blockFor(ms) {
  Atomics.wait(cell(), 0, 0, ms);
}

/**
 * Blocks until the server's answer to a command is a number above another one, at most for 20 seconds.
 *
 * @param {string} url
 * @param {Array<string | number>} command
 * @param {number} above
 * @returns {boolean} whether it was
 */
export function blockUntilAbove(url, command, above) {
  const seen = cell();
  const watcher = new Worker(WATCH, { eval: true, workerData: { url, command, above, seen } });
  const answer = Atomics.wait(seen, 0, 0, 20_000);
  void watcher.terminate();
  return answer !== "timed-out";
}
