/** One eager run of a task; `runEagerly` makes one for each retry. */
import { hostname } from "node:os";
import pino from "pino";
import { toSignature } from "../canvas/signature.js";
import { Ignore, Reject, Retry, TimeLimitExceeded } from "../errors.js";
import { loads } from "../protocol/json.js";
import { decodeEnvelope, decodeTask } from "../protocol/message.js";
import { encodeReturned, ResultEncoder } from "../protocol/result-encoder.js";
import { FAILURE, IGNORED, REJECTED, RETRY, SUCCESS } from "../protocol/states.js";
import { MAX_TIMER_MS } from "../protocol/time.js";
import { taskStorage } from "../tasks/current.js";
import { Execution } from "./execution.js";
import { Hooks } from "./hooks.js";
import { Request } from "./request.js";
import { applyAutoretry } from "./retry.js";

/**
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 *
 * @typedef {object} Outcome of a run
 * @property {string} state
 * @property {unknown} value what the task returned, as a client reads it, or what it threw
 *
 * @typedef {object} EagerServices what an app adds to runs in place
 * @property {(taskId: string, metaText: string) => Promise<void>} store stores a state, as `encodeMeta` wrote it
 * @property {boolean} hasTimeLimits whether time limits hold
 */

/** The services of an app without its own. @type {EagerServices} */
const NO_SERVICES = { store: async () => {}, hasTimeLimits: false };

/** Gives `self.log` a target without writing into a test's output. */
const SILENT = pino({ enabled: false });
export const NO_QUEUE = "eager";

/** @type {import("./disposition.js").Disposition} */
export const SETTLE = { kind: "settle", result: "" };

/** Errors of handlers reach the test, as in Celery. */
export const HOOKS = new Hooks({
  storeResult: async (_message, disposition) => disposition,
  onHandlerError: (error) => {
    throw error;
  },
});

/** One eager run. Its retry is the next run. */
export class EagerExecution extends Execution {
  /** The message of the retry, once the task has retried. @type {string | null} */
  retryText = null;
  /** @type {EagerServices} */
  #services;

  /**
   * @param {RegisteredTask} task
   * @param {string} raw its message
   */
  constructor(task, raw) {
    const app = /** @type {import("../worker/model/types.js").WorkerApp} */ (task.app);
    const services = app.eagerServices ?? NO_SERVICES;
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
      sendEvent: () => {},
      replace: async () => {}, // runs after the task has ended
      store: async (taskId, text) => {
        await services.store(taskId, text);
        return true;
      },
    });
    this.#services = services;
  }

  /** @override */
  isOverdue() {
    return this.#services.hasTimeLimits && super.isOverdue();
  }

  /**
   * Stores a state, as a worker does.
   *
   * @param {string} text of the result encoder; "" for a result that is ignored
   */
  async store(text) {
    if (text !== "") await this.#services.store(this.request.message.id, text);
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
    const returned = await this.#limited(async () =>
      HOOKS.start(
        this,
        () => {},
        () => this.call(),
      ),
    );
    const text = encodeReturned(returned ?? null);
    const value = loads(text);
    await callFollowers(this, value);
    this.ended = true;
    const { message, task } = this.request;
    await this.store(this.services.resultEncoder.success(message, task.options, value, this.children, text));
    const runtimeS = (performance.now() - this.startedAtMs) / 1000;
    if (this.hasEndHooks) await HOOKS.announceSuccess(this, value, runtimeS, SETTLE);
    return value;
  }

  /**
   * Applies the time limits: at the soft one `self.signal` aborts, at the hard one the task fails and later results are ignored.
   *
   * @param {() => Promise<unknown>} call
   * @returns {Promise<unknown>}
   */
  async #limited(call) {
    if (!this.#services.hasTimeLimits || !this.request.hasTimeLimit) return call();
    const [hardS, softS] = this.request.timeLimits;
    const cut = new Promise((_, reject) => {
      this.reject = reject;
    });
    const kill = () => {
      const error = new TimeLimitExceeded(Number(hardS));
      if (this.cutOff(error)) this.abortWith(error);
    };
    const timers = [timerOf(softS, () => this.abortSoftly()), timerOf(hardS, kill)];
    try {
      return await Promise.race([call(), cut]);
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  /**
   * The replacement took over the task's follow-ups, so only its result is used.
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

/**
 * @param {number | null} limitS
 * @param {() => void} onOver
 * @returns {NodeJS.Timeout | undefined} none without a limit, or for one that is too long for a timer
 */
function timerOf(limitS, onOver) {
  const limitMs = (limitS ?? 0) * 1000;
  return limitMs > 0 && limitMs <= MAX_TIMER_MS ? setTimeout(onOver, limitMs) : undefined;
}

/** @param {unknown} thrown by the task, or the `Retry` that became of it */
function stateOf(thrown) {
  if (thrown instanceof Retry) return RETRY;
  if (thrown instanceof Ignore) return IGNORED;
  return thrown instanceof Reject ? REJECTED : FAILURE;
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
