/**
 * What follows a task is sent until the server has it: the task has run, and failing it because the server is away for a
 * while would be wrong. Nothing is tried any more once the worker has stopped: the message is still there, and runs again.
 */
import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../../errors.js";
import { isForbidden } from "../../transport/errors.js";

/** How long to wait before the server is asked again. */
const RETRY_MS = 1_000;

/** @typedef {<T>(operation: () => Promise<T>) => Promise<T>} Persist rejects with what does not pass, or once the worker has stopped */

/** @param {AbortSignal} closed @param {import("../observers/log.js").Logger} log @returns {Persist} */
export function createPersist(closed, log) {
  return async (operation) => {
    for (let attempt = 1; ; attempt += 1) {
      closed.throwIfAborted();
      try {
        return await operation();
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        if (isForbidden(error)) {
          if (attempt === 1) log.warn({ err: error }, "What follows a task cannot be sent until this user may send it");
        } else if (!error.isTemporary) throw error;
        await delay(RETRY_MS, undefined, { signal: closed }).catch(() => {});
      }
    }
  };
}
