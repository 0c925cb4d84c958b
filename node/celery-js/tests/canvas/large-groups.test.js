/** A large group is sent in many turns of the event loop, so that it does not hold up everything else in its process. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { chord, group } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

const TASKS = 4_000;
/** They are sent a hundred a turn; without that it would be four. */
const MIN_TURNS = TASKS / 200;

/**
 * @param {() => Promise<unknown>} send
 * @returns {Promise<{ turns: number, longestMs: number, totalMs: number }>} of the event loop, until it has ended
 */
async function watched(send) {
  let [turns, longestMs, isOver] = [0, 0, false];
  const startMs = performance.now();
  let lastMs = startMs;
  const tick = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    turns += 1;
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await send();
  isOver = true;
  return { turns, longestMs, totalMs: performance.now() - startMs };
}

describe(`${TASKS} tasks`, () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("ioredis").Redis} */
  let redis;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
    running = await startWorker(server.url, { one: () => 1 });
  });
  after(async () => {
    await running.stop();
    redis.disconnect();
    await server.stop();
  });

  const tasks = (/** @type {string} */ queue) =>
    Array.from({ length: TASKS }, (_, i) => running.app.signature("elsewhere", [i]).set({ queue }));
  /** @type {Record<string, (queue: string) => Promise<unknown>>} */
  const sendings = {
    "of a group": (queue) => group(tasks(queue)).applyAsync(),
    "of a chord": (queue) => chord(tasks(queue), running.app.signature("body")).applyAsync(),
    "of a task's callback": async (queue) => {
      await running.app.sendTask("one", [], { link: group(tasks(queue)) });
      // What follows a task is sent once its result is stored.
      await waitUntil(async () => (await redis.llen(queue)) === TASKS, { timeoutMs: 60_000 });
    },
  };
  for (const [what, send] of Object.entries(sendings)) {
    it(`${what} are sent in their order, and in many turns`, async () => {
      const queue = `queue ${what}`;
      const { turns, longestMs, totalMs } = await watched(() => send(queue));

      assert.equal(await redis.llen(queue), TASKS);
      const [newest, oldest] = await Promise.all([redis.lindex(queue, 0), redis.lindex(queue, -1)]);
      const argsOf = (/** @type {string | null} */ text) => JSON.parse(String(text)).headers.argsrepr;
      assert.deepEqual(
        [argsOf(oldest), argsOf(newest)],
        what.includes("callback") ? ["(1, 0)", `(1, ${TASKS - 1})`] : ["(0,)", `(${TASKS - 1},)`],
      );
      assert.ok(turns > MIN_TURNS, `${turns} turns`);
      assert.ok(longestMs < totalMs / 2, `blocked for ${longestMs.toFixed(0)} of ${totalMs.toFixed(0)} ms`);
    });
  }
});
