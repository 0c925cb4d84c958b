/**
 * Services of the main thread, which has the connections, for a task in another thread. A message is sent within the
 * task's own execution, so that it becomes the task's child and has arrived before the task's message is acknowledged.
 */
import { loads } from "../../protocol/json.js";
import { counted } from "../../publishing/sent-counters.js";
import { taskStorage } from "../../tasks/current.js";
import { inContextOf } from "../../telemetry/open-telemetry.js";
import { packMeta } from "./crossing.js";

/**
 * @typedef {import("../../execution/execution.js").Execution} Execution
 * @typedef {import("../../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {{ name: string, args: unknown[], options: SendOptions }} Call
 *
 * @typedef {import("./crossing.js").Crossed} Crossed
 * @typedef {(op: string, args: Crossed[], execution: Execution, signal: AbortSignal) => Promise<unknown>} Serve
 */

/** The calls of a result backend that a task may make, and those of its chords. */
const BACKEND = ["storeText", "forget", "saveGroup", "restoreGroup", "deleteGroup"];
const CHORDS = [
  "setSize",
  "addOne",
  "addPart",
  "results",
  "prolongClaim",
  "endClaim",
  "close",
  "noteErrbacks",
  "calledErrbacks",
  "dropSize",
];

/**
 * @param {object} parts
 * @param {import("../model/types.js").WorkerApp} parts.app
 * @param {(taskId: string, result: string) => Promise<boolean>} parts.store
 * @param {(type: string, fields: Record<string, unknown>) => void} parts.sendEvent
 * @param {import("../observers/log.js").Logger} parts.log
 * @returns {Serve} rejects with what the call throws
 */
export function createServices({ app, store, sendEvent, log }) {
  // The thread has already serialized its errors.
  const relayed = log.child({}, { serializers: { error: (/** @type {unknown} */ error) => error } });
  const backend = /** @type {Record<string, (...args: unknown[]) => Promise<unknown>>} */ (
    /** @type {unknown} */ (app.backend)
  );
  /** @type {Record<string, (args: Crossed[], execution: Execution, signal: AbortSignal) => Promise<unknown>>} */
  const services = {
    send: async ([text, trace], execution) => sendFor(execution, app, /** @type {Call} */ (loads(text)), trace),
    // Only for retries; other messages of a task are prepared in this thread.
    publish: async ([publication], { request }) =>
      counted(app.publisher.publish(publication), request.task.name, publication.routingKey),
    store: async ([taskId, text]) => store(taskId, text),
    event: async ([type, text]) => sendEvent(type, /** @type {Record<string, unknown>} */ (loads(text))),
    log: async ([level, fields, message]) => logLine(relayed, level, fields, message),
    get: async ([taskId]) => packMeta(await app.backend.get(taskId)),
    wait: async ([taskId, timeoutMs], _execution, signal) =>
      packMeta(await app.backend.wait(taskId, { timeoutMs, signal })),
    chords: async ([method, ...args]) => {
      const chords = /** @type {typeof backend} */ (/** @type {unknown} */ (app.backend.chords));
      if (CHORDS.includes(method)) return chords[method](...args);
      throw new TypeError(`a thread cannot call chords.${method}()`);
    },
  };
  for (const method of BACKEND) services[method] = async (args) => backend[method](...args);
  return (op, args, execution, signal) => services[op](args, execution, signal);
}

/**
 * @param {Execution} execution
 * @param {import("../model/types.js").WorkerApp} app
 * @param {Call} call
 * @param {Record<string, string>} trace headers with the context that is active in the thread, if it makes spans
 */
async function sendFor(execution, app, { name, args, options }, trace) {
  const given = { ...options, addToParent: false }; // the thread itself lists the task's children, which may be groups
  const send = () =>
    app.tasks.has(name) ? app.tasks.get(name).applyAsync(args, given) : app.sendTask(name, args, given);
  const headers = trace.traceparent ? trace : (execution.span?.headers ?? {});
  const { ignored } = await taskStorage.run(execution, () => inContextOf(headers, send));
  return ignored;
}

/**
 * @param {import("../observers/log.js").Logger} log
 * @param {string} level
 * @param {object} fields
 * @param {string} message
 */
function logLine(log, level, fields, message) {
  const method = /** @type {"info"} */ (level in log.levels.values ? level : "info");
  log[method](fields, message);
}
