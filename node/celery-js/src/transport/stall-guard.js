/** Ends a process whose event loop has stalled for too long to recover. It runs in the thread that keeps a worker's messages. */
import { writeSync } from "node:fs";

/** How often the event loop is checked. */
export const WATCH_MS = 1_000;
/** How late a healthy loop may update its vitals: subtracted from a stall before it is compared with time limits. */
export const BEAT_MAY_BE_LATE_MS = 1_000;
/** How many checks in a row must find the loop stalled: a process that was frozen has to catch up first. */
const STALLED_CHECKS = 3;

/**
 * Watches the event loop. A process that it ends loses its leases, or its connection: its messages go back.
 *
 * @param {object} options
 * @param {import("./vitals.js").Vitals} options.vitals
 * @param {number} options.loopStallLimitMs 0 = never ends the process
 * @param {() => string | Promise<string>} options.namesOfHeld returns the tasks that the worker holds, for its last line
 */
export function guardAgainstStalls({ vitals, loopStallLimitMs, namesOfHeld }) {
  let stalledChecks = 0;
  const watch = setInterval(async () => {
    const { stalledMs } = vitals;
    stalledChecks = loopStallLimitMs > 0 && stalledMs >= loopStallLimitMs ? stalledChecks + 1 : 0;
    if (stalledChecks < STALLED_CHECKS) return;
    clearInterval(watch);
    endProcess(stalledMs, await namesOfHeld());
  }, WATCH_MS);
}

/**
 * @param {number} stalledMs
 * @param {string} tasks
 */
function endProcess(stalledMs, tasks) {
  const stalledS = Math.round(stalledMs / 1000);
  // Not console or process.stderr: in a worker thread both go through the main thread, which is stuck.
  try {
    writeSync(
      2,
      `celery-js: the event loop has been blocked for ${stalledS} s; ending the process. It held: ${tasks}\n`,
    );
  } finally {
    process.kill(process.pid, "SIGKILL"); // even when stderr has no reader any more
  }
}
