/** `self`, the first argument of a bound task: one execution, which is the Task plus `request` and `signal`. */
import { replacementFor } from "../canvas/replacement.js";
import { Ignore, OperationalError } from "../errors.js";
import { afterPublish } from "../publishing/publish-signals.js";
import { withSentEvent } from "../publishing/sent-events.js";
import { planRetry } from "./retry.js";
import { ValueError } from "./value-error.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("../canvas/signature.js").Signature<any>} Signature
 *
 * @typedef {object} Services
 * @property {import("../worker/completion/completer.js").Completer} completer
 * @property {import("./result-encoder.js").ResultEncoder} resultEncoder
 */

/**
 * @param {import("../worker/model/types.js").RegisteredTask} task
 * @param {Execution} execution
 * @param {Services} services
 * @param {import("../worker/observers/log.js").Logger} log
 */
export function createSelf(task, execution, services, log) {
  const { delivery } = execution;
  const { message } = delivery;
  return Object.create(task, {
    request: { get: () => execution.request, enumerable: true },
    signal: { get: () => execution.signal },
    throwIfAborted: { value: () => execution.throwIfAborted() },
    log: { get: () => log.child({ taskId: message.id, taskName: task.name }) },
    retry: {
      value: (/** @type {import("./retry.js").RetryOptions} */ options = {}) => retry(task, execution, options),
    },
    replace: { value: (/** @type {Signature} */ signature) => replace(task, execution, signature) },
    addToChord: {
      value: (/** @type {Signature} */ signature, /** @type {{ lazy?: boolean }} */ options) =>
        addToChord(execution, signature, options),
    },
    updateState: {
      value: async (/** @type {string} */ state, /** @type {unknown} */ meta = null) => {
        if (await services.completer.store(message.id, services.resultEncoder.custom(message, state, meta))) return;
        throw new OperationalError(`the state ${state} of ${message.id} cannot be stored`);
      },
    },
  });
}

/**
 * Sends the task again and throws `Retry`, or returns it with `throw: false` (Celery's Task.retry).
 *
 * @param {import("../worker/model/types.js").RegisteredTask} task
 * @param {Execution} execution
 * @param {import("./retry.js").RetryOptions} options
 * @returns {import("../errors.js").Retry}
 */
function retry(task, execution, options) {
  const { message, delivery } = execution.delivery;
  const { retry: signal, publication, published } = planRetry(task, message, delivery.queue, options);
  const { app } = execution;
  const sending = withSentEvent(app, app.publisher.publish(publication), published.message.headers, publication);
  const send = afterPublish(sending, published);
  send.catch(() => {}); // whoever awaits `sends` handles it
  execution.sends.push(send);
  if (options.throw === false) return signal;
  throw signal;
}

/**
 * Sends a workflow in the task's place, which has its id, its place in a workflow and its followers, and ends the task
 * (Celery's Task.replace).
 *
 * @param {import("../worker/model/types.js").RegisteredTask} task
 * @param {Execution} execution
 * @param {Signature} signature
 * @returns {never}
 * @throws {Ignore} always, else
 * @throws {ImproperlyConfigured} for a part of a chord, or a chain without tasks
 */
function replace(task, execution, signature) {
  const { app, request, sends } = execution;
  const replacement = replacementFor(app, signature, request);
  const handled = task.onReplace?.call(execution.self, replacement);
  const sent = handled instanceof Promise ? handled.then(() => replacement.delay()) : replacement.delay();
  sent.catch(() => {}); // whoever awaits `sends` handles it
  sends.push(sent);
  throw new Ignore("Replaced by new task");
}

/**
 * Adds a task to the chord that the running one is a part of (Celery's Task.add_to_chord).
 *
 * @param {Execution} execution
 * @param {Signature} signature
 * @param {{ lazy?: boolean }} [options] `lazy`: the caller sends it
 * @returns {Promise<unknown>} the result; of a lazy one the signature
 * @throws {ValueError} when the running task is no part of a chord
 */
async function addToChord({ app, request }, signature, { lazy = false } = {}) {
  const { chord, group: groupId, groupIndex, rootId } = request;
  if (!chord || groupId === null) throw new ValueError("Current task is not member of any chord");
  signature.set({ groupId, groupIndex, chord, rootId }).freeze();
  await app.backend.chords.addOne(groupId);
  return lazy ? signature : signature.delay();
}
