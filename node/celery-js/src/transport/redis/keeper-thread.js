/** The keeper's thread: one timer renews all leases, another watches the main thread's event loop. See keeper.js. */
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { RedisConnection } from "./connection.js";
import { fromRanges } from "./ranges.js";
import { runScript, SCRIPTS } from "./scripts.js";

/** Leases renewed by one call, so that the server is never busy with one of ours for long. */
const RENEW_BATCH = 1_000;
const WATCH_MS = 1_000;
/** How long to wait for the names of what is held, before the process is ended without them. */
const NAMES_WITHIN_MS = 2_000;
/** How long the main thread may take to tell that a message is settled, once the server knows. */
const SETTLED_WITHIN_MS = 1_000;

/**
 * @typedef {object} Note what the main thread tells, see keeper.js
 * @property {number[]} [hold] ranges of deliveries
 * @property {number | number[]} [limitsMs] their hard time limits, 0 for none: of all, or of each
 * @property {number[]} [release] ranges of deliveries
 */

const { address, keys, workerName, tagPrefix, leaseMs, rescoreMs, loopStallLimitMs, beat } =
  /** @type {import("./keeper.js").KeeperOptions & { beat: BigInt64Array }} */ (workerData);

/** @type {Map<number, number>} delivery number -> hard time limit in ms, 0 for none */
const held = new Map();
let rescoredAtMs = Date.now();
const connection = new RedisConnection({
  address,
  name: `${workerName}:leases`,
  scripts: SCRIPTS,
  // After an outage every moment counts: somebody may be about to take these leases for run out.
  onUp: () => void renewAll().catch(() => {}),
});

parentPort?.on("message", (/** @type {Note} */ { hold = [], limitsMs = 0, release = [] }) => {
  let i = 0;
  for (const number of fromRanges(hold)) held.set(number, Array.isArray(limitsMs) ? limitsMs[i++] : limitsMs);
  for (const number of fromRanges(release)) held.delete(number);
});

void renewForEver();
const watch = setInterval(() => void watchLoop(), WATCH_MS);

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
    const tags = numbers.slice(from, from + RENEW_BATCH).map((number) => tagPrefix + number);
    const args = [leaseMs, rescore ? 1 : 0, ...tags];
    const gone = /** @type {string[]} */ (await runScript(connection, "renew", [keys.leases, keys.unackedIndex], args));
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
  for (const [number, limitMs] of held) if (limitMs > 0 && stalled > limitMs) held.delete(number);
}

/** A loop that has stood still for so long will not come back; its messages go back when their leases end. */
async function watchLoop() {
  if (loopStallLimitMs === 0 || stalledMs() < loopStallLimitMs) return;
  clearInterval(watch);
  const stalledS = Math.round(stalledMs() / 1000);
  const tasks = await Promise.race([
    namesOfHeld(),
    new Promise((resolve) => setTimeout(resolve, NAMES_WITHIN_MS, null)),
  ]);
  const what = tasks ?? `${held.size} task(s)`;
  // Not console or process.stderr: in a worker thread both go through the main thread, which is the one that is stuck.
  writeSync(2, `celery-js: the event loop has been blocked for ${stalledS} s; ending the process. It held: ${what}\n`);
  process.kill(process.pid, "SIGKILL");
}

/** Asks the server what is held: telling the keeper every name would cost every task. @returns {Promise<string | null>} */
async function namesOfHeld() {
  try {
    const tags = [...held.keys()].map((number) => tagPrefix + number);
    if (tags.length === 0) return "no task";
    const records = await connection.client.hmget(keys.unacked, ...tags);
    return records.flatMap((record) => (record === null ? [] : [nameIn(record)])).join(", ");
  } catch {
    return null;
  }
}

/** @param {string} record of `unacked` @returns {string} `name[id]` */
function nameIn(record) {
  const { headers } = JSON.parse(record)[0];
  return `${headers?.task ?? "a task"}[${headers?.id ?? "?"}]`;
}
