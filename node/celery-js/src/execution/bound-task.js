/** The type of `self`, the first argument of a bound task, which `self.js` makes; and `self` in any code that a task calls. */
import { currentTask as currentExecution } from "../tasks/current.js";

/**
 * @typedef {import("../app/task.js").Task} Task
 * @typedef {import("../canvas/types.js").AnySignature} AnySignature
 * @typedef {import("../tasks/retry-options.js").RetryOptions} RetryOptions
 * @typedef {import("../errors.js").Retry} Retry
 */
/**
 * Celery's `Task.retry`: sends the task again and throws `Retry`, or returns it where `throw` is given.
 *
 * @typedef {{ (options: RetryOptions & { throw: false }): Retry, (options?: RetryOptions): never }} RetryFunction
 */
/**
 * The members of a bound task in addition to those of its Task.
 *
 * @typedef {object} OwnBoundTask
 * @property {import("./context.js").Context} request the message that is being executed
 * @property {AbortSignal} signal aborts with a `SoftTimeLimitExceeded` at the soft time limit
 * @property {() => void} throwIfAborted throws the reason of `signal` once it has aborted
 * @property {import("pino").Logger} log adds the task's id and name to each line
 * @property {RetryFunction} retry sends the task again and throws `Retry`; with `throw: false` returns it
 * @property {(signature: AnySignature) => never} replace sends a workflow in place of the task, and throws `Ignore`
 * @property {(signature: AnySignature, options?: { lazy?: boolean }) => Promise<unknown>} addToChord adds a task to the chord that
 *   the running one is a part of
 * @property {(type: string, fields?: Record<string, unknown>) => void} sendEvent sends an event to monitors, such as `celery events`;
 *   nothing is sent by a task that runs eagerly
 * @property {(state: string, meta?: unknown, options?: { taskId?: string }) => Promise<void>} updateState stores a state, which
 *   clients read as `state` and `info`; `taskId`: that of another task. Followed by `throw new Ignore()`, it is the task's last one;
 *   with `FAILURE`, `meta` may be an error
 */
/**
 * `self`, the first argument of a task with `bind: true`, which Celery's documentation calls a bound task: the Task, and this
 * one execution of it. (`Context` is what `self.request` has, here as in Celery.)
 *
 * @typedef {Task & OwnBoundTask} BoundTask
 */

/**
 * The `self` of the running task, also in unbound tasks, in helpers and after an `await` (`celery.current_task`).
 *
 * @returns {BoundTask | null} null outside of tasks
 */
export function currentTask() {
  const execution = /** @type {Partial<import("./execution.js").Execution> | null} */ (currentExecution());
  return execution?.self ?? null;
}
