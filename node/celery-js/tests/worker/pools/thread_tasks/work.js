/** Tasks that run in threads, for the tests of the pool. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isMainThread, threadId } from "node:worker_threads";
import { chain, chord, group, Ignore, PlainDate, Reject, signature, task } from "../../../../src/index.js";
import { blockFor } from "../../../support/blocking.js";

class GatewayError extends Error {
  static module = "shop.errors";
}
class SlowGateway extends GatewayError {}

const inThread = /** @type {const} */ ({ pool: "threads" });

export const where = task(inThread, () => ({ isMainThread, threadId }));
export const where_at = task(inThread, (_place) => ({ isMainThread, threadId }));
export const on_loop = () => ({ isMainThread, threadId });
export const sends = task({ ...inThread, bind: true }, ({ app }) => app.sendTask("threads.work.add", [1]));
export const add = task(inThread, (x, y = 1) => x + y);
export const echo = task(inThread, (value) => value);
export const spin = task(inThread, (seconds) => {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until);
  return threadId;
});
/** Keeps its thread as computing does, and takes no processor time from other tests. */
export const block = task(inThread, (seconds) => {
  blockFor(seconds * 1000);
  return threadId;
});
export const rest = task(inThread, async (seconds) => {
  await delay(seconds * 1000);
  return threadId;
});
/** Runs until the test opens the gate: a file that is there. */
export const wait_at = task(inThread, async (gate) => {
  while (!existsSync(gate)) await delay(20);
  return threadId;
});
/** Leaves something running that fails after it has ended. */
export const leave_error = task(inThread, (kind) => {
  setTimeout(() => {
    if (kind === "rejection") void Promise.reject(new RangeError("too late"));
    else throw new RangeError("too late");
  }, 500);
  return threadId;
});
export const spin_politely = task({ ...inThread, bind: true }, (self) => {
  for (;;) self.throwIfAborted();
});
export const spin_watching = task({ ...inThread, bind: true }, (self) => {
  while (!self.signal.aborted);
  throw self.signal.reason;
});
export const is_aborted = task({ ...inThread, bind: true }, async (self) => {
  await delay(200); // so that each thread runs one
  self.throwIfAborted();
  return self.signal.aborted;
});
export const heed = task({ ...inThread, bind: true }, async ({ signal }) => {
  await delay(60_000, undefined, { signal }).catch(() => signal.throwIfAborted());
});
export const request_of = task({ ...inThread, bind: true }, ({ request, name }) => {
  const { id, rootId, parentId, deliveryInfo, hostname, timeLimit } = request;
  return { name, id, rootId, parentId, routingKey: deliveryInfo.routing_key, hostname, timeLimit };
});
export const report = task({ ...inThread, bind: true }, async (self, state, meta) => {
  self.log.warn({ meta }, "a line from a thread");
  await self.updateState(state, meta);
  await delay(300);
});
export const retried = task({ ...inThread, bind: true, maxRetries: 2 }, (self) => {
  if (self.request.retries < 2) throw self.retry({ countdown: 0, exc: new GatewayError("busy") });
  return self.request.retries;
});
export const retried_by_itself = task(
  { ...inThread, autoretryFor: [GatewayError], maxRetries: 2, defaultRetryDelay: 0 },
  () => {
    throw new SlowGateway("busy");
  },
);
export const failing = task({ ...inThread, throws: [GatewayError] }, (kind) => {
  if (kind === "native") throw new RangeError("too far");
  if (kind === "own") throw new SlowGateway("busy");
  if (kind === "nothing") throw "a text";
  return () => "not JSON";
});
export const steering = task(inThread, (kind) => {
  throw kind === "ignore" ? new Ignore() : new Reject("not today");
});
export const sending = task({ ...inThread, bind: true }, async (self) => {
  const one = await self.app.tasks.get("threads.work.add").delay(1, 2);
  await group(
    signature({ task: "threads.work.add", args: [1], kwargs: {}, options: {}, immutable: false }),
  ).applyAsync();
  return one.id;
});
/** Sends, and never lets go of its thread until it returns. */
export const sending_unawaited = task({ ...inThread, bind: true }, (self) => {
  self.app.sendTask("threads.work.add", [1, 2], { taskId: `${self.request.id}-child` });
});
/** Sends once it has ended, while its thread runs the next task. */
export const sending_late = task({ ...inThread, bind: true }, (self) => {
  setTimeout(() => self.app.sendTask("threads.work.request_of", [], { taskId: `${self.request.id}-child` }), 300);
});
export const replaced = task({ ...inThread, bind: true }, (self, workflow) => {
  const sum = (/** @type {unknown[]} */ ...args) => self.app.signature("threads.work.add", args);
  if (workflow === "chain") throw self.replace(chain(sum(1, 2), sum(10)));
  throw self.replace(chord([sum(1, 2), sum(3, 4)], self.app.signature("threads.work.total")));
});
export const total = task(inThread, (numbers) =>
  numbers.reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0),
);
export const day = task(inThread, (value) => new PlainDate(String(value)));
export const tuple = task({ ...inThread, bind: true }, (self) => self.app.AsyncResult("some-id"));
export const leave = task(inThread, () => process.exit(3));
export const lost_once = task(
  { ...inThread, bind: true, retryOnWorkerLost: true, maxRetries: 1, defaultRetryDelay: 0, rejectOnWorkerLost: true },
  (self, times) => {
    if (self.request.retries < times) process.exit(3);
    return self.request.retries;
  },
);
export const annotated = task({ ...inThread, bind: true, throws: [RangeError] }, (self, fails) => {
  if (fails) throw new SlowGateway("busy");
  return [self.maxRetries, self.timeLimit, self.throws.length, self.serializer];
});
export const lost_again = task({ ...inThread, rejectOnWorkerLost: true }, () => process.exit(3));
export const stray = task(inThread, async () => {
  setTimeout(() => {
    throw new TypeError("out of nowhere");
  });
  await delay(60_000);
});
/** @type {Buffer[]} */
const kept = [];
export const keep = task(inThread, (mebibytes) => {
  kept.push(Buffer.alloc(mebibytes * 1024 * 1024));
  return threadId;
});
