/**
 * Runs a task where it is called, for tests (`taskAlwaysEager`, `Task.apply`): message and result are written and read
 * back as on their way to a worker and from it, arguments are bound, retries are made and callbacks and chain follow as
 * there, but nothing waits and nothing is stored.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import pino from "pino";
import { replacementFor } from "../canvas/replacement.js";
import { Ignore, Reject, Retry } from "../errors.js";
import { Hooks } from "../execution/hooks.js";
import { Context, timeLimitsOf } from "../execution/request.js";
import { plainResult } from "../execution/result-encoder.js";
import { automaticRetry, planRetry } from "../execution/retry.js";
import { ValueError } from "../execution/value-error.js";
import { formatTraceback, toError } from "../protocol/exceptions.js";
import { dumps, loads } from "../protocol/json.js";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../protocol/message.js";
import { FAILURE, IGNORED, REJECTED, SUCCESS } from "../protocol/states.js";
import { messageOptions } from "../publishing/send.js";
import { bindArguments } from "../tasks/binding.js";
import { currentExecution, runInExecution } from "../tasks/current.js";
import { checkSendOptions, mergeOptions } from "../tasks/send-options.js";
import { EagerResult } from "./eager-result.js";

/**
 * @typedef {import("./task.js").Task} Task
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../tasks/current.js").Execution} Execution
 * @typedef {import("../tasks/retry-options.js").RetryOptions} RetryOptions
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
    const outcome = await execute(task, message);
    const { state, value, thrown, next } = outcome;
    if (state !== SUCCESS) await announceEnd(task, message, outcome, propagate);
    if (next !== undefined) {
      message = next;
      continue;
    }
    if (state === FAILURE && propagate) throw toError(thrown);
    const traceback = state === FAILURE ? formatTraceback(thrown) : null;
    const result = new EagerResult(message.id, { backend: task.app.backend, status: state, result: value, traceback });
    if (parent !== null && options.addToParent !== false) parent.children.push(result);
    return result;
  }
}

/**
 * @param {Task} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} given
 * @returns {TaskMessage}
 */
function eagerMessage(task, args, given) {
  const parent = currentExecution()?.request;
  const lineage = { rootId: parent?.rootId ?? parent?.id, parentId: parent?.id };
  const options = mergeOptions(lineage, given);
  const { taskId = randomUUID(), queue = NO_QUEUE, priority, headers } = options;
  const message = taskMessage(messageOptions(task.name, args, taskId, options));
  const address = { exchange: "", routingKey: queue, priority: priority ?? 0, headers };
  return readBack(encodeEnvelope(message, address, task.app.settings), task);
}

/** @param {string} text @param {Task} task @returns {TaskMessage} as a worker reads it */
const readBack = (text, { app }) => decodeTask(decodeEnvelope(text, app.settings), app.settings);

/** @param {Task} task @param {TaskMessage} message @returns {Promise<Outcome & { execution: EagerExecution }>} */
async function execute(task, message) {
  const { app, options } = task;
  const timeLimits = timeLimitsOf(message, options, app.settings);
  const request = new Context({ message, timeLimits }, { hostname: hostname(), children: [] });
  request.isEager = true;
  const execution = new EagerExecution(app, request);
  /** @type {TaskMessage | undefined} */
  let next;
  const retry = (/** @type {RetryOptions} */ retryOptions = {}) => {
    const plan = planRetry(task, message, NO_QUEUE, retryOptions);
    next = readBack(plan.publication.text, task);
    if (retryOptions.throw === false) return plan.retry;
    throw plan.retry;
  };
  /** @type {import("../canvas/signature.js").Signature<any> | undefined} */
  let replacement;
  const replace = (/** @type {import("../canvas/signature.js").Signature<any>} */ signature) => {
    replacement = replacementFor(app, signature, request);
    task.onReplace?.call(execution.self, replacement);
    throw new Ignore("Replaced by new task");
  };
  execution.self = createSelf(task, request, { retry, replace });
  const call = () => {
    const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
    return task.fn(...(options.bind ? [execution.self] : []), ...bound);
  };
  const observed = observedRequest(task, message, timeLimits);
  const run = async () => {
    const startedAt = performance.now();
    const returned = await HOOKS.start(observed, execution, () => {}, call);
    // A client reads the result from JSON: what JSON cannot hold fails the task here as it does there.
    const value = loads(dumps(plainResult(returned) ?? null, { root: "result" }));
    await callFollowers(task, message, value);
    execution.ended = true;
    if (HOOKS.observesEnd(task)) {
      await HOOKS.succeeded(observed, execution, value, (performance.now() - startedAt) / 1000, SETTLE);
    }
    return value;
  };
  try {
    return { state: SUCCESS, value: await runInExecution(execution, run), execution };
  } catch (thrown) {
    if (replacement !== undefined) return { ...(await replaced(replacement, execution)), execution };
    return { ...outcomeOf(task, message, thrown, retry, () => next), execution };
  }
}

/** One run in place, as handlers and receivers of signals see it. */
class EagerExecution {
  /** @type {Promise<unknown>[]} */
  sends = [];
  ended = false;
  timedOut = false;
  abort = null;
  reject = null;
  /** @type {any} */
  self = null;

  /** @param {Task["app"]} app @param {Context} request */
  constructor(app, request) {
    this.app = app;
    this.request = request;
    this.children = request.children;
  }
}

/** @type {import("../execution/disposition.js").Disposition} */
const SETTLE = { kind: "settle", result: "" };

/** A test sees what its handlers throw, as in Celery. */
const HOOKS = new Hooks({
  log: SILENT,
  stored: async (_message, disposition) => disposition,
  onHandlerError: (error) => {
    throw error;
  },
});

/** @param {Task} task @param {TaskMessage} message @param {[number | null, number | null]} timeLimits */
function observedRequest(task, message, timeLimits) {
  return { task, message, timeLimits };
}

/**
 * Calls the errbacks of a failure, and tells whoever wants to know of an end that is no success.
 *
 * @param {Task} task
 * @param {TaskMessage} message
 * @param {Outcome & { execution: EagerExecution }} outcome
 * @param {boolean} propagate a failure is thrown to the caller, and nobody else is told
 */
async function announceEnd(task, message, { state, value, thrown, next, execution }, propagate) {
  const request = observedRequest(task, message, timeLimitsOf(message, task.options, task.app.settings));
  execution.ended = true;
  if (next !== undefined) {
    const signal = value instanceof Retry ? value : new Retry({ exc: toError(value) });
    await HOOKS.retried(request, execution, signal, SETTLE);
  } else if (state === FAILURE && !propagate) {
    await runInExecution(execution, () => callErrbacks(task, message));
    await HOOKS.failed(request, execution, toError(thrown), SETTLE);
  } else if (state === IGNORED) await HOOKS.ignored(request, execution, value, SETTLE);
}

/** The replacement has the task's followers: its result is all that is left. @param {import("../canvas/signature.js").Signature<any>} replacement @param {Execution} execution @returns {Promise<Outcome>} */
async function replaced(replacement, execution) {
  try {
    const result = await runInExecution(execution, () => replacement.apply());
    return { state: SUCCESS, value: await result.get({ disableSyncSubtasks: false }) };
  } catch (thrown) {
    return { state: FAILURE, value: thrown, thrown };
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
  if (thrown instanceof Ignore) return { state: IGNORED, value: thrown };
  const automatic = automaticRetry(task, thrown, message.retries);
  if (automatic === null && thrown instanceof Reject) return { state: REJECTED, value: thrown };
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
 * @param {object} ways in which it may end
 * @param {(options: RetryOptions) => Retry} ways.retry
 * @param {(signature: import("../canvas/signature.js").Signature<any>) => never} ways.replace
 */
function createSelf(task, request, { retry, replace }) {
  return Object.create(task, {
    request: { value: request, enumerable: true },
    signal: { value: new AbortController().signal },
    log: { value: SILENT },
    retry: { value: retry },
    replace: { value: replace },
    addToChord: {
      value: async () => {
        throw new ValueError("Current task is not member of any chord");
      },
    },
    updateState: {
      value: async (/** @type {string} */ _state, /** @type {unknown} */ meta = null) =>
        void dumps(meta, { root: "meta" }),
    },
  });
}

/**
 * Calls what follows a success: the callbacks, and the next task of the chain with the rest of it.
 *
 * @param {Task} task
 * @param {TaskMessage} message
 * @param {unknown} value
 */
async function callFollowers({ app }, { embed: { callbacks, chain } }, value) {
  for (const signature of callbacks ?? []) await app.signature(signatureData(signature)).applyAsync([value]);
  // Celery keeps the rest of a chain in reverse: the next task is the last one.
  const step = chain?.at(-1);
  if (step) await app.signature(signatureData(step)).applyAsync([value], { chain: chain?.slice(0, -1) });
}

/** @param {Task} task @param {TaskMessage} message */
async function callErrbacks({ app }, { id, embed: { errbacks } }) {
  for (const signature of errbacks ?? []) await app.signature(signatureData(signature)).applyAsync([id]);
}

/** @param {unknown} signature as it stands in the message */
const signatureData = (signature) => /** @type {import("../canvas/signature.js").SignatureData} */ (signature);
