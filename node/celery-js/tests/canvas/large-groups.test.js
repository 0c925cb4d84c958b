/** A large group is sent in many turns of the event loop, so that it does not hold up everything else in its process. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Signature } from "../../src/canvas/signature.js";
import { chord, group } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

const TASKS = 4_000;
/** They are sent a hundred a turn; without that it would be four. */
const MIN_TURNS = TASKS / 200;
/** A hundred tasks are copied in a turn, and each a second time when it is sent. */
const MOST_COPIES_A_TURN = 250;

/**
 * @param {() => Promise<unknown>} send
 * @returns {Promise<{ turns: number, mostCopies: number, longestMs: number, totalMs: number }>} of the event loop, until it
 *   has ended; `mostCopies`: of signatures in one turn
 */
async function watched(send) {
  let [turns, copies, mostCopies, longestMs, isOver] = [0, 0, 0, 0, false];
  const { clone } = Signature.prototype;
  /** @this {Signature} @param {Parameters<typeof clone>} args */
  Signature.prototype.clone = function (...args) {
    mostCopies = Math.max(mostCopies, ++copies);
    return clone.apply(this, args);
  };
  const startMs = performance.now();
  let lastMs = startMs;
  const tick = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    turns += 1;
    copies = 0;
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await send();
  isOver = true;
  Signature.prototype.clone = clone;
  return { turns, mostCopies, longestMs, totalMs: performance.now() - startMs };
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
  /** Each makes its workflow, and returns what sends it. @type {Record<string, (queue: string) => () => Promise<unknown>>} */
  const sendings = {
    "of a group": (queue) => {
      const workflow = group(tasks(queue));
      return () => workflow.applyAsync();
    },
    "of a group of groups": (queue) => {
      const all = tasks(queue);
      const workflow = group(group(all.slice(0, TASKS / 2)), group(all.slice(TASKS / 2)));
      return () => workflow.applyAsync();
    },
    "of a chord": (queue) => {
      const workflow = chord(tasks(queue), running.app.signature("body"));
      return () => workflow.applyAsync();
    },
    "of a task's callback": (queue) => {
      const link = group(tasks(queue));
      return async () => {
        await running.app.sendTask("one", [], { link });
        // What follows a task is sent once its result is stored.
        await waitUntil(async () => (await redis.llen(queue)) === TASKS, { timeoutMs: 60_000 });
      };
    },
  };
  for (const [what, send] of Object.entries(sendings)) {
    it(`${what} are copied and sent in their order, in many turns`, async () => {
      const queue = `queue ${what}`;
      const { turns, mostCopies, longestMs, totalMs } = await watched(send(queue));

      assert.equal(await redis.llen(queue), TASKS);
      const [newest, oldest] = await Promise.all([redis.lindex(queue, 0), redis.lindex(queue, -1)]);
      const argsOf = (/** @type {string | null} */ text) => JSON.parse(String(text)).headers.argsrepr;
      assert.deepEqual(
        [argsOf(oldest), argsOf(newest)],
        what.includes("callback") ? ["(1, 0)", `(1, ${TASKS - 1})`] : ["(0,)", `(${TASKS - 1},)`],
      );
      assert.ok(turns > MIN_TURNS, `${turns} turns`);
      assert.ok(mostCopies < MOST_COPIES_A_TURN, `${mostCopies} copies in one turn`);
      assert.ok(longestMs < totalMs / 2, `blocked for ${longestMs.toFixed(0)} of ${totalMs.toFixed(0)} ms`);
    });
  }
});
