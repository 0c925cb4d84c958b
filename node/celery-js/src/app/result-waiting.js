/** Waits for a task's result, and explains a wait that ended without one. */
import { TimeoutError } from "../errors.js";

/**
 * @param {{ id: string, taskName: string | null }} result
 * @param {import("../backend/backend.js").ResultBackend} backend
 * @param {import("../backend/backend.js").WaitOptions} options
 * @returns {Promise<import("./result.js").Outcome>}
 * @throws {TimeoutError} names the task, the time and the state that was seen last
 * @throws {Error} the reason of the caller's signal, as an `AbortError` if it is not an error
 */
export async function waitFor({ id, taskName }, backend, options) {
  const label = taskName === null ? id : `${taskName}[${id}]`;
  try {
    return await backend.wait(id, options);
  } catch (thrown) {
    if (thrown instanceof TimeoutError) throw new TimeoutError(`task ${label}: ${thrown.message}`);
    if (thrown instanceof Error) throw thrown;
    throw Object.assign(new Error(`waiting for task ${label} was aborted: ${String(thrown)}`), {
      name: "AbortError",
      cause: thrown,
    });
  }
}

/**
 * Throws the failure of an earlier task, because of which a later one will never run.
 *
 * @param {import("./result.js").AnyResult} parent
 * @returns {Promise<void>}
 */
export async function throwForParents(parent) {
  if (parent.parent !== null) await throwForParents(parent.parent);
  await parent.maybeThrow();
}
