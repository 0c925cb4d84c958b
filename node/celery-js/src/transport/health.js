/**
 * Decides from outside the event loop whether a worker is healthy. Health means "is consuming": a worker that is connected but takes nothing
 * is the most common outage of Celery in the field, and must not look healthy.
 */

/** The broker answers within milliseconds, and an idle worker asks it every second: a silence this long is an outage. */
export const SILENCE_LIMIT_MS = 5_000;

/**
 * @typedef {object} Signs
 * @property {import("./vitals.js").Snapshot} snapshot
 * @property {number} stalledMs how long the event loop has been blocked
 * @property {boolean} isConnected to the broker, seen from the side thread
 * @property {number} silentMs how long the broker has not answered the side thread
 *
 * @typedef {object} Limits
 * @property {number} readyStallMs how long a stall makes the worker not ready
 * @property {number} loopStallLimitMs how long a stall makes it not alive; 0 = never
 */

/**
 * @param {Signs} signs
 * @param {Limits} limits
 * @returns {string[]} why the worker is not ready; empty when it is
 */
export function reasonsAgainst({ snapshot, stalledMs, isConnected, silentMs }, { readyStallMs }) {
  const reasons = [];
  if (snapshot.phase !== "consuming") reasons.push(`the worker is ${snapshot.phase}`);
  if (stalledMs >= readyStallMs) reasons.push(`the event loop has been blocked for ${inSeconds(stalledMs)}`);
  if (!isConnected) reasons.push("the broker cannot be reached");
  else if (silentMs >= SILENCE_LIMIT_MS) reasons.push(`the broker has not answered for ${inSeconds(silentMs)}`);
  if (snapshot.phase === "consuming" && snapshot.untakenMs >= SILENCE_LIMIT_MS) {
    reasons.push(`nothing has been taken for ${inSeconds(snapshot.untakenMs)}, though slots are free`);
  }
  return reasons;
}

/**
 * @param {number} stalledMs how long the event loop has been blocked
 * @param {Limits} limits
 * @returns {boolean} false when it will not recover
 */
export function isAlive(stalledMs, { loopStallLimitMs }) {
  return loopStallLimitMs === 0 || stalledMs < loopStallLimitMs;
}

/** @param {number} ms */
const inSeconds = (ms) => `${Math.round(ms / 1000)} s`;
