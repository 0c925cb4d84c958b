/**
 * Runs a task in place, for tests (`taskAlwaysEager`, `Task.apply`). As with a worker, the message and the result are
 * encoded and decoded, arguments are bound, retries are made, and callbacks and the chain follow. But nothing waits and
 * nothing is stored.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import pino from "pino";
import { toSignature } from "../canvas/signature.js";
import { Ignore, Reject, Retry } from "../errors.js";
import { toError } from "../protocol/exceptions.js";
import { loads } from "../protocol/json.js";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../protocol/message.js";
import { FAILURE, IGNORED, REJECTED, RETRY, SUCCESS } from "../protocol/states.js";
import { messageOptions } from "../publishing/send.js";
import { currentTask, taskStorage } from "../tasks/current.js";
import { mergeOptions } from "../tasks/send-options.js";
import { Execution } from "./execution.js";
import { Hooks } from "./hooks.js";
import { Request } from "./request.js";
import { encodeReturned, ResultEncoder } from "./result-encoder.js";
import { applyAutoretry } from "./retry.js";

/**
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 *
 * @typedef {object} Outcome of a run
 * @property {string} state
 * @property {unknown} value what the task returned, as a client reads it, or what it threw
 */

/** Gives `self.log` a target without writing into a test's output. */
const SILENT = pino({ enabled: false });
const NO_QUEUE = "eager";

/** @type {import("./disposition.js").Disposition} */
const SETTLE = { kind: "settle", result: "" };

/** A test sees what its handlers throw, as in Celery. */
const HOOKS = new Hooks({
  storeResult: async (_message, disposition) => disposition,
  onHandlerError: (error) => {
    throw error;
  },
});

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
  const { taskId = randomUUID(), queue = NO_QUEUE, priority, headers } = options;
  const message = taskMessage(messageOptions(task.name, args, taskId, options));
  const address = { exchange: "", routingKey: queue, priority: priority ?? 0, headers };
  return encodeEnvelope(message, address, task.app.settings);
}

/** One run in place. It has no time limit, its intermediate states are not kept, and its retry is the next run. */
class EagerExecution extends Execution {
  /** The message of its retry. @type {string | null} */
  retryText = null;

  /**
   * @param {RegisteredTask} task
   * @param {string} raw its message
   */
  constructor(task, raw) {
    const app = /** @type {import("../worker/model/types.js").WorkerApp} */ (task.app);
    const message = decodeTask(decodeEnvelope(raw, app.settings), app.settings);
    const tag = String(message.properties.delivery_tag);
    super(new Request({ number: 0, tag, queue: NO_QUEUE, workersLost: 0, raw }, message, task, "async"), {
      app,
      hostname: hostname(),
      isEager: true,
      log: SILENT,
      resultEncoder: new ResultEncoder(app.settings, hostname()),
      send: async ({ publication }) => {
        this.retryText = publication.text;
      },
      replace: async () => {}, // it runs once the task has ended
      store: async () => true,
    });
  }

  /** @override */
  isOverdue() {
    return false;
  }

  /** @returns {Promise<Outcome>} */
  async run() {
    try {
      return { state: SUCCESS, value: await taskStorage.run(this, () => this.#succeed()) };
    } catch (thrown) {
      if (this.replacement !== null) return this.#runReplacement(this.replacement);
      const error = applyAutoretry(this, thrown);
      return { state: error instanceof Retry && this.retryText === null ? FAILURE : stateOf(error), value: error };
    }
  }

  /**
   * @returns {Promise<unknown>} what a client reads; a value that JSON cannot represent fails the task, as in a worker
   */
  async #succeed() {
    const returned = await HOOKS.start(
      this,
      () => {},
      () => this.call(),
    );
    const value = loads(encodeReturned(returned ?? null));
    await callFollowers(this, value);
    this.ended = true;
    const runtimeS = (performance.now() - this.startedAtMs) / 1000;
    if (this.hasEndHooks) await HOOKS.announceSuccess(this, value, runtimeS, SETTLE);
    return value;
  }

  /**
   * The replacement has the task's followers, so only its result remains.
   *
   * @param {import("../canvas/types.js").AnySignature} replacement
   * @returns {Promise<Outcome>}
   */
  async #runReplacement(replacement) {
    try {
      const result = await taskStorage.run(this, () => replacement.apply());
      return { state: SUCCESS, value: await result?.get({ disableSyncSubtasks: false }) };
    } catch (thrown) {
      return { state: FAILURE, value: thrown };
    }
  }
}

/** @param {unknown} thrown by the task, or the `Retry` that became of it */
function stateOf(thrown) {
  if (thrown instanceof Retry) return RETRY;
  if (thrown instanceof Ignore) return IGNORED;
  return thrown instanceof Reject ? REJECTED : FAILURE;
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
  if (state === RETRY) await HOOKS.announceRetry(execution, /** @type {Retry} */ (value), SETTLE);
  else if (state === IGNORED) await HOOKS.announceIgnore(execution, value, SETTLE);
  else if (state === FAILURE && !propagate) {
    await taskStorage.run(execution, () => callErrbacks(execution));
    await HOOKS.announceFailure(execution, toError(value), SETTLE);
  }
}

/**
 * Calls the follow-ups of a success: the callbacks, and the next task of the chain with the rest of it.
 *
 * @param {EagerExecution} execution
 * @param {unknown} value
 */
async function callFollowers({ app, request }, value) {
  const { callbacks, chain } = request.message.embed;
  for (const signature of callbacks ?? []) await toSignature(signature, app).applyAsync([value]);
  // Celery keeps the rest of a chain in reverse: the next task is the last one.
  const step = chain?.at(-1);
  if (step) await toSignature(step, app).applyAsync([value], { chain: chain?.slice(0, -1) });
}

/** @param {EagerExecution} execution */
async function callErrbacks({ app, request }) {
  const { id, embed } = request.message;
  for (const signature of embed.errbacks ?? []) await toSignature(signature, app).applyAsync([id]);
}
