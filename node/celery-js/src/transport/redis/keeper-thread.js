/** The keeper's thread: one timer renews all leases, another watches the main thread's event loop. See keeper.js. */
import { parentPort, workerData } from "node:worker_threads";
import { describe } from "../errors.js";
import { BEAT_MAY_BE_LATE_MS, guardAgainstStalls } from "../stall-guard.js";
import { ThreadHealth } from "../thread-health.js";
import { Vitals } from "../vitals.js";
import { RedisConnection } from "./connection.js";
import { HeldNumbersView } from "./held-numbers.js";
import { KeeperMailbox } from "./keeper-mailbox.js";
import { redisKeys } from "./keys.js";
import { Measuring } from "./measuring.js";
import { isReplyError } from "./replies.js";
import { deliveryScripts } from "./scripts.js";
import { Sweeper } from "./sweeper.js";

/** Leases renewed by one call, so that no call keeps the server busy for long. */
const RENEW_BATCH = 1_000;
/** The pause before a failed renewal is tried again. */
const RETRY_MS = 1_000;
/** How long to wait for the names of what is held, before the process is ended without them. */
const NAMES_WITHIN_MS = 2_000;
/** How long after the server the main thread may still report a message as settled. */
const SETTLED_WITHIN_MS = 1_000;

/**
 * @typedef {object} Note a message of the main thread, see keeper.js
 * @property {boolean} [begin] to renew and to sweep
 * @property {boolean} [prove] asks for proof that the server answers on this connection
 * @property {Float64Array} [held] one more page of held numbers
 * @property {import("../metrics.js").Series} [series] a new series of the metrics
 * @property {string[]} [queues] that the worker consumes
 */

const { address, keyOptions, workerName, tagPrefix, leaseMs, rescoreMs, loopStallLimitMs, ...rest } =
  /** @type {import("./keeper.js").ThreadData} */ (workerData);
const keys = redisKeys(keyOptions);
const vitals = new Vitals(rest.cells);
const report = (/** @type {import("./keeper.js").Report} */ report) => parentPort?.postMessage(report);

const held = new HeldNumbersView();
let rescoredAtMs = Date.now();
/** The queues that the worker consumes. @type {readonly string[]} */
let consumed = [];
const connection = new RedisConnection({
  address,
  name: `${workerName}:leases`,
  scripts: deliveryScripts,
  onDown: (error, retryInMs) => report({ outage: { reason: describe(error), retryInMs } }),
  onUp: () => {
    health?.noteAnswer();
    report({ outage: null });
    // Renew at once after an outage: another worker may be about to treat these leases as expired.
    void renewAll().catch(() => {});
  },
});

// On this thread, because the server treats a sweep delayed by a busy event loop as one after an outage, and postpones it.
const sweeper = new Sweeper({
  connection,
  keys,
  workerName,
  deadLetterLimit: rest.deadLetterLimit,
  leaseMs,
  limits: rest.limits,
  onRestored: (restored) => {
    health?.metrics?.add("restored", restored.filter(({ why }) => why === "lost").length);
    report({ restored });
  },
  // A sweep that fails because its connection was lost is reported as a lost connection, with the reason.
  onError: (error) => {
    if (isReplyError(error) || connection.client.isReady) report({ sweepError: error.message });
  },
  onWell: () => report({ sweepError: null }),
});

const measuring = new Measuring({ connection, keys, tagPrefix });
const health =
  rest.health &&
  new ThreadHealth({
    health: rest.health,
    vitals,
    loopStallLimitMs,
    isConnected: () => connection.client.isReady,
    ask: () => connection.client.ping(),
    metrics: rest.metrics,
    measure: () => measuring.measure(consumed),
  });

const mailbox =
  rest.controlExchange === null
    ? null
    : new KeeperMailbox({
        address,
        keys,
        hostname: workerName,
        exchange: rest.controlExchange,
        connection,
        onCommand: (command) => report({ command }),
        onSubscribed: () => report({ subscribed: true }),
        onProblem: (problem) => report({ problem }),
        onMalformed: (malformed) => report({ malformed }),
      });

parentPort?.on("message", (/** @type {Note} */ { begin = false, prove = false, held: page, series, queues }) => {
  if (page) held.addPage(page);
  if (series) health?.metrics?.show(series);
  if (queues) consumed = queues;
  if (prove) {
    void connection.answers().then(
      () => report({ answers: true }),
      () => {}, // the connection was closed: so is this thread
    );
  }
  if (begin) {
    // Connects now and not at the first renewal: a sweep needs the connection sooner.
    connection.ready().catch(() => {});
    sweeper.start();
    mailbox?.start();
    void renewForEver();
  }
});

if (health) {
  connection.ready().catch(() => {}); // the connection was closed: so is this thread
  health.start().then(
    (listening) => report({ listening }),
    ({ message }) => report({ notListening: message }),
  );
}
guardAgainstStalls({ vitals, loopStallLimitMs, namesOfHeld: describeHeld });

/** Renews three times per lease, so that one failed attempt does not end it. */
async function renewForEver() {
  let pauseMs = leaseMs / 3;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      await connection.ready();
      await renewAll();
      pauseMs = leaseMs / 3;
    } catch {
      // The connection broke or the server refused: again soon, well before the lease has run out.
      pauseMs = Math.min(leaseMs / 3, RETRY_MS);
    }
  }
}

async function renewAll() {
  releaseOverdue();
  const now = Date.now();
  const rescore = now - rescoredAtMs >= rescoreMs;
  const numbers = [...held.limits.keys()];
  for (let from = 0; from < numbers.length; from += RENEW_BATCH) {
    const tags = numbers.slice(from, from + RENEW_BATCH).map((number) => tagPrefix + number);
    const args = [leaseMs, rescore ? 1 : 0, ...tags];
    const gone = await connection.client.runScript("renew", [keys.leases, keys.unackedIndex], args);
    if (!areTags(gone)) return connection.client.expect(false);
    health?.metrics?.add("renewed", tags.length - gone.length);
    if (gone.length === 0) continue;
    report({ missing: gone });
    setTimeout(reportLostTags, SETTLED_WITHIN_MS, gone);
  }
  if (rescore) rescoredAtMs = now;
}

/**
 * @param {unknown} reply
 * @returns {reply is string[]}
 */
const areTags = (reply) =>
  Array.isArray(reply) && reply.every((tag) => typeof tag === "string" && tag.startsWith(tagPrefix));

/** Reports missing leases as lost, unless their messages were just being settled. @param {string[]} tags */
function reportLostTags(tags) {
  reportLost(held.lose(tags.map((tag) => Number(tag.slice(tagPrefix.length)))));
}

/** Stops renewing leases whose tasks have passed their hard time limit, even if the event loop is too busy to enforce it. */
function releaseOverdue() {
  const stalled = vitals.stalledMs - BEAT_MAY_BE_LATE_MS;
  const overdue = [...held.limits].filter(([, limitMs]) => limitMs > 0 && stalled > limitMs);
  reportLost(held.lose(overdue.map(([number]) => number)));
}

/** @param {number[]} numbers */
function reportLost(numbers) {
  if (numbers.length === 0) return;
  health?.metrics?.add("lost", numbers.length);
  report({ lost: numbers.map((number) => tagPrefix + number) });
}

/** @returns {Promise<string>} their names, or their number when the server does not answer in time */
async function describeHeld() {
  const late = new Promise((resolve) => setTimeout(resolve, NAMES_WITHIN_MS, null));
  return (await Promise.race([namesOfHeld(), late])) ?? `${held.limits.size} task(s)`;
}

/**
 * Asks the server what is held, because sending every name to the keeper would cost every task.
 *
 * @returns {Promise<string | null>}
 */
async function namesOfHeld() {
  try {
    const tags = [...held.limits.keys()].map((number) => tagPrefix + number);
    if (tags.length === 0) return "no task";
    const records = await connection.client.hmget(keys.unacked, ...tags);
    return records.flatMap((record) => (record === null ? [] : [nameIn(record)])).join(", ");
  } catch {
    return null;
  }
}

/**
 * @param {string} record of `unacked`
 * @returns {string} `name[id]`
 */
function nameIn(record) {
  const { headers } = JSON.parse(record)[0];
  return `${headers?.task ?? "a task"}[${headers?.id ?? "?"}]`;
}
