/** Waiting for a condition with a deadline, instead of sleeping and hoping. */
import { setTimeout as delay } from "node:timers/promises";

/**
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {{ timeoutMs?: number, what?: string }} [options]
 * @returns {Promise<NonNullable<T>>} the first truthy value
 */
export async function waitUntil(condition, { timeoutMs = 30_000, what = condition.toString() } = {}) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return /** @type {NonNullable<T>} */ (value);
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(20);
  }
}
