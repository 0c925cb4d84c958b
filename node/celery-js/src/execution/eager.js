/**
 * Runs a task eagerly, in this process, for tests (`taskAlwaysEager`, `Task.apply`). As in a worker, the message and the result
 * are encoded and decoded, arguments are bound, and retries, callbacks and chains run. Countdowns are skipped. States are stored
 * and time limits apply only if the app adds that (`testing/eager-app.js`).
 */
import { randomUUID } from "node:crypto";
import { toSignature } from "../canvas/signature.js";
import { toError } from "../protocol/exceptions.js";
import { encodeEnvelope, taskMessage } from "../protocol/message.js";
import { FAILURE, IGNORED, RETRY, SUCCESS } from "../protocol/states.js";
import { messageOptions } from "../publishing/send.js";
import { currentTask, taskStorage } from "../tasks/current.js";
import { mergeOptions } from "../tasks/send-options.js";
import { EagerExecution, HOOKS, NO_QUEUE, SETTLE } from "./eager-execution.js";

/**
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./eager-execution.js").Outcome} Outcome
 */

/**
 * @param {RegisteredTask} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} options
 * @param {boolean} propagate whether the caller gets an error; then no errback or failure handler is called
 * @returns {Promise<Outcome & { id: string }>} of the last retry
 * @throws {EncodeError} when an argument cannot be written as JSON
 */
export async function runEagerly(task, args, options, propagate) {
  for (let text = eagerText(task, args, options); ; ) {
    const execution = new EagerExecution(task, text);
    const { state, value } = await execution.run();
    execution.ended = true;
    if (state !== SUCCESS) await announceEnd(execution, state, value, propagate);
    if (execution.retryText === null) return { id: execution.request.message.id, state, value };
    text = execution.retryText;
  }
}

/**
 * @param {RegisteredTask} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} given
 * @returns {string} the message, as it is in a queue
 */
function eagerText(task, args, given) {
  const parent = currentTask()?.context;
  const lineage = { rootId: parent?.rootId ?? parent?.id, parentId: parent?.id };
  const options = mergeOptions(lineage, given);
  options.ignoreResult ??= task.options.ignoreResult ?? task.app.settings.taskIgnoreResult;
  const { taskId = randomUUID(), queue = NO_QUEUE, priority, headers } = options;
  const message = taskMessage(messageOptions(task.name, args, taskId, options));
  const address = { exchange: "", routingKey: queue, priority: priority ?? 0, headers };
  return encodeEnvelope(message, address, task.app.settings);
}

/**
 * Calls the errbacks of a failure, and the handlers and receivers of any end but success.
 *
 * @param {EagerExecution} execution
 * @param {string} state
 * @param {unknown} value
 * @param {boolean} propagate
 */
async function announceEnd(execution, state, value, propagate) {
  if (execution.replacement === null) await execution.store(endText(execution, state, value));
  if (state === RETRY)
    await HOOKS.announceRetry(execution, /** @type {import("../errors.js").Retry} */ (value), SETTLE);
  else if (state === IGNORED) await HOOKS.announceIgnore(execution, value, SETTLE);
  else if (state === FAILURE && !propagate) {
    await taskStorage.run(execution, () => callErrbacks(execution));
    await HOOKS.announceFailure(execution, toError(value), SETTLE);
  }
}

/**
 * @param {EagerExecution} execution
 * @param {string} state
 * @param {unknown} value
 * @returns {string} what a worker stores; "" for nothing
 */
function endText({ request: { message, task }, services: { resultEncoder }, children }, state, value) {
  if (state === FAILURE) return resultEncoder.failure(message, task.options, toError(value), children);
  if (state !== RETRY) return "";
  return resultEncoder.retry(message, task.options, /** @type {import("../errors.js").Retry} */ (value).exc ?? null);
}

/** @param {EagerExecution} execution */
async function callErrbacks({ app, request }) {
  const { id, embed } = request.message;
  for (const signature of embed.errbacks ?? []) await toSignature(signature, app).applyAsync([id]);
}
