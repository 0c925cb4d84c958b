/** `self`, the first argument of a bound task: one execution, seen as the Task plus `request` and `signal`. */

import { replacementFor } from "../canvas/replacement.js";
import { Ignore, ImproperlyConfigured, OperationalError } from "../errors.js";
import { dumps } from "../protocol/json.js";
import { checkArgument, methodOptions, OBJECT, TEXT } from "../validation/kinds.js";
import { planRetry } from "./retry.js";
import { ValueError } from "./value-error.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("../canvas/types.js").AnySignature} Signature
 */

/**
 * @param {Execution} execution
 * @returns {import("./bound-task.js").BoundTask}
 */
export function createSelf(execution) {
  const { task } = execution.request;
  return Object.create(task, {
    request: { get: () => execution.context, enumerable: true },
    signal: { get: () => execution.signal },
    throwIfAborted: { value: () => execution.throwIfAborted() },
    log: { get: () => execution.log },
    retry: {
      value: (/** @type {import("./retry.js").RetryOptions} */ options = {}) => retry(execution, options),
    },
    replace: { value: (/** @type {Signature} */ signature) => replace(execution, signature) },
    addToChord: {
      value: (/** @type {Signature} */ signature, /** @type {{ lazy?: boolean }} */ options) =>
        addToChord(execution, signature, options),
    },
    sendEvent: {
      value: (/** @type {string} */ type, /** @type {Record<string, unknown>} */ fields = {}) =>
        sendEvent(execution, type, fields),
    },
    updateState: {
      value: (/** @type {string} */ state, /** @type {unknown} */ meta, /** @type {{ taskId?: string }} */ options) =>
        updateState(execution, state, meta, options),
    },
  });
}

/**
 * Sends the task again and throws `Retry`, or returns it with `throw: false` (Celery's Task.retry).
 *
 * @param {Execution} execution
 * @param {import("./retry.js").RetryOptions} options
 * @returns {import("../errors.js").Retry}
 */
function retry(execution, options) {
  const planned = planRetry(execution.request, options);
  const send = execution.services.send(planned);
  send.catch(() => {}); // handled where `sends` is awaited
  execution.sends.push(send);
  if (options.throw === false) return planned.retry;
  throw planned.retry;
}

/**
 * Sends a workflow in place of the task, with its id, its place in a workflow and its followers, and ends the task
 * (Celery's Task.replace).
 *
 * @param {Execution} execution
 * @param {Signature} signature
 * @returns {never}
 * @throws {Ignore} always, except as below
 * @throws {ImproperlyConfigured} for a part of a chord, or a chain without tasks
 */
function replace(execution, signature) {
  const { app, context, request, sends, services } = execution;
  const replacement = replacementFor(app, signature, context);
  execution.replacement = replacement;
  const handled = request.task.onReplace?.call(execution.self, replacement);
  const send = () => services.replace(replacement);
  const sent = handled instanceof Promise ? handled.then(send) : send();
  sent.catch(() => {}); // handled where `sends` is awaited
  sends.push(sent);
  throw new Ignore("Replaced by new task");
}

/**
 * Adds a task to the chord that the running one is a part of (Celery's Task.add_to_chord).
 *
 * @param {Execution} execution
 * @param {Signature} signature
 * @param {{ lazy?: boolean }} [options] `lazy`: the caller sends it
 * @returns {Promise<unknown>} the result, or with `lazy` the signature
 * @throws {ValueError} when the running task is not a part of a chord
 * @throws {ImproperlyConfigured} with a result backend that counts no parts, as in Celery
 */
async function addToChord({ app, context }, signature, { lazy = false } = {}) {
  const { chord, group: groupId, groupIndex, rootId, isEager } = context;
  // An eager chord counts nothing in the backend.
  if (!chord || groupId === null || isEager) throw new ValueError("Current task is not member of any chord");
  const { chords } = app.backend;
  if (chords === null) {
    throw new ImproperlyConfigured("addToChord() needs a result backend that counts the parts of a chord: Redis");
  }
  signature.set({ groupId, groupIndex, chord, rootId }).freeze();
  await chords.addOne(groupId);
  return lazy ? signature : signature.delay();
}

const STATE_OPTIONS = Object.freeze({ taskId: TEXT });

/**
 * Sends an event of the task's own to monitors, whether or not the worker sends those of its tasks (Celery's Task.send_event).
 *
 * @param {Execution} execution
 * @param {string} type such as "task-progress"
 * @param {Record<string, unknown>} fields
 * @throws {TypeError} for a type or fields of the wrong kind
 * @throws {EncodeError} for what JSON cannot represent
 */
function sendEvent({ request, services }, type, fields) {
  checkArgument(type, TEXT, "sendEvent(): the type");
  checkArgument(fields, OBJECT, "sendEvent(): the fields");
  dumps(fields, { root: "event" }); // the task gets the error; the worker's dispatcher would only log it
  services.sendEvent(type, { uuid: request.message.id, ...fields });
}

/**
 * Stores a state (Celery's Task.update_state).
 *
 * @param {Execution} execution
 * @param {string} state
 * @param {unknown} meta
 * @param {{ taskId?: string }} [options] `taskId`: of another task
 * @throws {TypeError} when the state is not a name, or an option is unknown or wrong
 * @throws {EncodeError} when the meta is not JSON
 * @throws {OperationalError} when the server refuses it
 */
async function updateState({ request: { message }, services, children }, state, meta, options) {
  checkArgument(state, TEXT, "updateState(): the state");
  const taskId = methodOptions(options, STATE_OPTIONS, "updateState()").taskId ?? message.id;
  const text = services.resultEncoder.custom(message, state, meta, { taskId, children });
  if (await services.store(taskId, text)) return;
  throw new OperationalError(`the state ${state} of ${taskId} cannot be stored`);
}
