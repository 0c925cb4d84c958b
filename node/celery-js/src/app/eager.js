/**
 * Runs a task where it is called, for tests (`taskAlwaysEager`, `Task.apply`): the message is written and read back as on its
 * way to a worker, arguments are bound and retries are made as there, but nothing waits and nothing is stored.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import pino from "pino";
import { Ignore, Reject, Retry, TaskPredicate } from "../errors.js";
import { formatTraceback } from "../protocol/exceptions.js";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../protocol/message.js";
import { FAILURE, IGNORED, REJECTED, SUCCESS } from "../protocol/states.js";
import { bindArguments } from "../tasks/binding.js";
import { currentExecution, runInExecution } from "../tasks/current.js";
import { Context, timeLimitsOf } from "../worker/request.js";
import { automaticRetry, planRetry } from "../worker/retry.js";
import { EagerResult } from "./eager-result.js";
import { checkSendOptions } from "./send-options.js";

/**
 * @typedef {import("./task.js").Task} Task
 * @typedef {import("./send-options.js").SendOptions} SendOptions
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../worker/retry.js").RetryOptions} RetryOptions
 * @typedef {{ state: string, value: unknown, thrown?: unknown, next?: TaskMessage }} Outcome `next`: the retry's message
 */

/** A task's `self.log` has somewhere to go, and a test's output stays its own. */
const SILENT = pino({ enabled: false });
const NO_QUEUE = "eager";

/**
 * @param {Task} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} given
 * @param {boolean} propagate throws the task's error instead of returning it in the result
 * @returns {Promise<EagerResult>} of the last retry
 * @throws {EncodeError} when an argument cannot be written as JSON
 */
export async function runEagerly(task, args, given, propagate) {
  const options = checkSendOptions(given, task.name);
  const parent = currentExecution();
  let message = eagerMessage(task, args, options);
  for (;;) {
    const { state, value, thrown, next } = await execute(task, message);
    if (next !== undefined) {
      message = next;
      continue;
    }
    if (state === FAILURE && propagate) throw thrown;
    const traceback = state === FAILURE ? formatTraceback(thrown) : null;
    const result = new EagerResult(message.id, { backend: task.app.backend, status: state, result: value, traceback });
    if (parent !== null && options.addToParent !== false) parent.children.push(result);
    await follow(task, message, state, value);
    return result;
  }
}

/**
 * @param {Task} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} options
 * @returns {TaskMessage}
 */
function eagerMessage(task, args, { taskId = randomUUID(), link, linkError, headers, priority, ...options }) {
  const parent = currentExecution()?.request;
  const message = taskMessage({
    rootId: parent?.rootId ?? parent?.id,
    parentId: parent?.id,
    ...options,
    taskId,
    name: task.name,
    args,
    callbacks: listOrNull(link),
    errbacks: listOrNull(linkError),
  });
  const address = { exchange: "", routingKey: options.queue ?? NO_QUEUE, priority: priority ?? 0, headers };
  return decodeTask(decodeEnvelope(encodeEnvelope(message, address)));
}

/** @param {Task} task @param {TaskMessage} message @returns {Promise<Outcome>} */
async function execute(task, message) {
  const { app, options } = task;
  const timeLimits = timeLimitsOf(message, options, app.settings);
  const request = new Context({ message, timeLimits }, { hostname: hostname(), children: [] });
  request.isEager = true;
  /** @type {TaskMessage | undefined} */
  let next;
  const retry = (/** @type {RetryOptions} */ retryOptions = {}) => {
    const plan = planRetry(task, message, NO_QUEUE, retryOptions);
    next = decodeTask(decodeEnvelope(plan.publication.text));
    if (retryOptions.throw === false) return plan.retry;
    throw plan.retry;
  };
  const self = () => createSelf(task, request, retry);
  try {
    const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
    const call = options.bind ? [self(), ...bound] : bound;
    const execution = { app, request, children: request.children };
    const value = await runInExecution(execution, async () => task.fn(...call));
    return { state: SUCCESS, value: value ?? null };
  } catch (thrown) {
    return outcomeOf(task, message, thrown, retry, () => next);
  }
}

/**
 * @param {Task} task
 * @param {TaskMessage} message
 * @param {unknown} thrown
 * @param {(options: RetryOptions) => Retry} retry
 * @param {() => TaskMessage | undefined} next
 * @returns {Outcome}
 */
function outcomeOf(task, message, thrown, retry, next) {
  if (thrown instanceof Retry) return { state: FAILURE, value: thrown, thrown, next: next() };
  if (thrown instanceof Reject) return { state: REJECTED, value: thrown };
  if (thrown instanceof Ignore) return { state: IGNORED, value: thrown };
  const automatic = thrown instanceof TaskPredicate ? null : automaticRetry(task, thrown, message.retries);
  if (automatic === null) return { state: FAILURE, value: thrown, thrown };
  try {
    retry({ ...automatic, throw: false });
    return { state: FAILURE, value: thrown, thrown, next: next() };
  } catch (exhausted) {
    return { state: FAILURE, value: exhausted, thrown: exhausted };
  }
}

/**
 * What a bound task gets as its first argument. Its time is not limited, and what it stores on its way is not kept.
 *
 * @param {Task} task
 * @param {Context} request
 * @param {(options: RetryOptions) => Retry} retry
 */
function createSelf(task, request, retry) {
  return Object.create(task, {
    request: { value: request, enumerable: true },
    signal: { value: new AbortController().signal },
    log: { value: SILENT },
    retry: { value: retry },
    updateState: { value: async () => {} },
  });
}

/**
 * Calls the task's callbacks with what it returned, or its errbacks with its id.
 *
 * @param {Task} task
 * @param {TaskMessage} message
 * @param {string} state
 * @param {unknown} value
 */
async function follow({ app }, message, state, value) {
  const { callbacks, errbacks } = message.embed;
  const [signatures, argument] = state === SUCCESS ? [callbacks, value] : [errbacks, message.id];
  if (state !== SUCCESS && state !== FAILURE) return;
  for (const signature of signatures ?? []) {
    await app.signature(/** @type {import("./signature.js").SignatureData} */ (signature)).applyAsync([argument]);
  }
}

/** @param {unknown} value @returns {unknown[] | null} */
function listOrNull(value) {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value : [value];
}
