/** Ends a process whose event loop has stalled for too long to recover. It runs in the thread that keeps a worker's messages. */
import { writeSync } from "node:fs";
import { monotonicMs } from "./vitals.js";

/** How often the event loop is checked. */
export const WATCH_MS = 1_000;
/** How late a healthy loop may update its vitals: subtracted from a stall before it is compared with time limits. */
export const BEAT_MAY_BE_LATE_MS = 1_000;
/** How many checks in a row must find the loop stalled. */
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
  const hasStalled = stallDetector(loopStallLimitMs, monotonicMs());
  const watch = setInterval(async () => {
    const { stalledMs } = vitals;
    if (!hasStalled(stalledMs, monotonicMs())) return;
    clearInterval(watch);
    endProcess(stalledMs, await namesOfHeld());
  }, WATCH_MS);
}

/**
 * Tells a stalled event loop from one whose process was frozen. A check that comes late was held up itself: that time does not count.
 *
 * @param {number} loopStallLimitMs 0 = never
 * @param {number} startedAtMs of a monotonic clock
 * @returns {(stalledMs: number, nowMs: number) => boolean} whether the loop has stalled for good; to be called every `WATCH_MS`
 */
export function stallDetector(loopStallLimitMs, startedAtMs) {
  let stalledChecks = 0;
  let frozenMs = 0;
  let checkedAtMs = startedAtMs;
  return (stalledMs, nowMs) => {
    const sinceLastMs = nowMs - checkedAtMs;
    const lateMs = Math.max(0, sinceLastMs - WATCH_MS);
    const hasTurned = stalledMs < sinceLastMs;
    frozenMs = hasTurned ? lateMs : frozenMs + lateMs;
    checkedAtMs = nowMs;
    const isStalled = loopStallLimitMs > 0 && stalledMs - frozenMs >= loopStallLimitMs;
    stalledChecks = isStalled ? stalledChecks + 1 : 0;
    return stalledChecks >= STALLED_CHECKS;
  };
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
