/** The keeper's thread: one timer renews all leases, another watches the main thread's event loop. See keeper.js. */
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { RedisConnection } from "./connection.js";
import { runScript, SCRIPTS } from "./scripts.js";

/** Leases renewed by one call, so that the server is never busy with one of ours for long. */
const RENEW_BATCH = 1_000;
const WATCH_MS = 1_000;
/** How long the main thread may take to tell that a message is settled, once the server knows. */
const SETTLED_WITHIN_MS = 1_000;

const { address, keys, workerName, tagPrefix, leaseMs, rescoreMs, loopStallLimitMs, beat } =
  /** @type {import("./keeper.js").KeeperOptions & { beat: BigInt64Array }} */ (workerData);

/** @type {Map<number, { label: string, limitMs: number }>} by delivery number */
const held = new Map();
const connection = new RedisConnection({
  address,
  name: `${workerName}:leases`,
  scripts: SCRIPTS,
  // After an outage every moment counts: somebody may be about to take these leases for run out.
  onUp: () => void renewAll().catch(() => {}),
});
let rescoredAtMs = Date.now();

parentPort?.on(
  "message",
  (/** @type {Partial<Record<"hold" | "labels" | "limitsMs" | "release", string>>} */ message) => {
    const { hold = "", labels = "", limitsMs = "", release = "" } = message;
    const [names, limits] = [labels.split("\n"), numbersIn(limitsMs)];
    for (const [i, number] of numbersIn(hold).entries()) held.set(number, { label: names[i], limitMs: limits[i] ?? 0 });
    for (const number of numbersIn(release)) held.delete(number);
  },
);

/** @param {string} text as keeper.js joins them */
function numbersIn(text) {
  return text === "" ? [] : text.split(",").map(Number);
}

renewForEver();
setInterval(watchLoop, WATCH_MS);

/** Renews three times a lease, so that one failed attempt is not the end of it. */
async function renewForEver() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, leaseMs / 3));
    try {
      await connection.ready();
      await renewAll();
    } catch {
      // The connection broke or the server refused: the next round tries again, well before the lease has run out.
    }
  }
}

async function renewAll() {
  letGoOfOverdue();
  const now = Date.now();
  const rescore = now - rescoredAtMs >= rescoreMs;
  const numbers = [...held.keys()];
  for (let from = 0; from < numbers.length; from += RENEW_BATCH) {
    const batch = numbers.slice(from, from + RENEW_BATCH);
    const tags = batch.map((number) => tagPrefix + number);
    const names = [keys.leases, keys.unackedIndex];
    const gone = /** @type {string[]} */ (
      await runScript(connection, "renew", names, [leaseMs, rescore ? 1 : 0, ...tags])
    );
    if (gone.length > 0) setTimeout(reportLost, SETTLED_WITHIN_MS, gone);
  }
  if (rescore) rescoredAtMs = now;
}

/** A lease that is gone was lost, unless its message was just being settled. @param {string[]} tags */
function reportLost(tags) {
  const lost = tags.map((tag) => Number(tag.slice(tagPrefix.length))).filter((number) => held.delete(number));
  if (lost.length > 0) parentPort?.postMessage(lost);
}

/** @returns {number} how long the main thread has not turned its event loop */
const stalledMs = () => Date.now() - Number(Atomics.load(beat, 0));

/** A lease ends at its task's hard time limit, also when the loop is too busy to enforce it. */
function letGoOfOverdue() {
  const stalled = stalledMs();
  for (const [number, { limitMs }] of held) if (limitMs > 0 && stalled > limitMs) held.delete(number);
}

/** A loop that has stood still for so long will not come back; its messages go back when their leases end. */
function watchLoop() {
  if (loopStallLimitMs === 0) return;
  const stalled = stalledMs();
  if (stalled < loopStallLimitMs) return;
  const tasks = [...held.values()].map(({ label }) => label).join(", ") || "no task";
  // Not console or process.stderr: in a worker thread both go through the main thread, which is the one that is stuck.
  writeSync(
    2,
    `celery-js: the event loop has been blocked for ${Math.round(stalled / 1000)} s; ending the process. It held: ${tasks}\n`,
  );
  process.kill(process.pid, "SIGKILL");
}
