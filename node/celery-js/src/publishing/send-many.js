/**
 * Sends many tasks together. Guarantee: if one of them cannot be sent, none is, and the error names its index. All messages
 * travel in one pipeline, up to a thousand in one command.
 */
import { withProperties } from "../canvas/options.js";
import { Signature, toSignature } from "../canvas/signature.js";
import { checkArguments } from "../tasks/binding.js";
import { currentTask } from "../tasks/current.js";
import { show } from "../validation/kinds.js";
import { checkCall, publish } from "./send.js";
import { Series } from "./series.js";

/**
 * @typedef {import("../app/celery.js").Celery} Celery
 * @typedef {import("../app/result.js").UntypedResult} AsyncResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {{ task: string } & Partial<import("../canvas/types.js").SignatureData>} SignatureData Celery's dict
 * @typedef {readonly [name: string, args?: readonly unknown[], options?: SendOptions]} SendTaskArguments as `sendTask` takes them
 * @typedef {SendTaskArguments | import("../canvas/types.js").AnySignature | SignatureData} Sending
 * @typedef {{ name: string, args: readonly unknown[], options: SendOptions }} Call
 */

/** Signatures of more than one message, by `subtask_type` or name. */
const WORKFLOWS = ["chain", "group", "chord", "chunks"];

/**
 * @param {Celery} app
 * @param {Iterable<Sending>} elements
 * @returns {Promise<AsyncResult[]>} in the order of the elements, once the broker has all of the messages
 * @throws as `Celery.sendTasks`
 */
export async function sendMany(app, elements) {
  if (typeof elements !== "object" || typeof elements?.[Symbol.iterator] !== "function") {
    throw new TypeError(`sendTasks() takes an array or another iterable of tasks, not ${show(elements)}`);
  }
  const given = [...elements];
  if (app.settings.taskAlwaysEager) return runMany(app, given);
  const parent = currentTask();
  const series = new Series(app);
  const prepared = given.map((element, index) =>
    at(index, () => {
      const { name, args, options } = callOf(app, element);
      const message = series.prepare(name, args, options);
      app.publisher.check(message.publication.text);
      return message;
    }),
  );
  const sent = prepared.map((message) => publish(app, message, parent));
  // Messages that travel together share a promise.
  await Promise.all(new Set(sent.map(({ published }) => published)));
  return sent.map(({ result }) => result);
}

/**
 * Runs eager tasks one after the other.
 *
 * @param {Celery} app
 * @param {Sending[]} elements
 */
async function runMany(app, elements) {
  const calls = elements.map((element, index) =>
    at(index, () => {
      const call = callOf(app, element);
      return { ...call, task: app.tasks.get(call.name) };
    }),
  );
  /** @type {AsyncResult[]} */
  const results = [];
  for (const { task, args, options } of calls) results.push(await task.apply(args, options));
  return results;
}

/**
 * @param {Celery} app
 * @param {Sending} element
 * @returns {Call}
 */
function callOf(app, element) {
  if (Array.isArray(element)) {
    const [name, args = [], options = {}] = /** @type {SendTaskArguments} */ (element);
    checkCall(name, args, options);
    return { name, args, options };
  }
  if (typeof element !== "object" || element === null) {
    const shown = typeof element === "string" ? JSON.stringify(element) : String(element);
    throw new TypeError(`a task is given as [name, args, options] or as a signature, not as ${shown}`);
  }
  return callOfSignature(app, toSignature(element, app));
}

/**
 * @param {Celery} app
 * @param {import("../canvas/types.js").AnySignature} signature
 * @returns {Call} as its own `applyAsync` makes it
 */
function callOfSignature(app, { task: name, args, kwargs, options, subtaskType, foreign }) {
  const kind = subtaskType ?? name.replace(/^celery\./, "");
  if (WORKFLOWS.includes(kind)) {
    throw new TypeError(`a ${kind} is more than one message; use its applyAsync()`);
  }
  const task = app.tasks.has(name) ? app.tasks.get(name) : null;
  if (task !== null && task.options.typing !== false) checkArguments(task.parameters, args, kwargs, name);
  // `celery.map` goes where the mapped task goes.
  const mapped = kwargs.task instanceof Signature && /^celery\.(star)?map$/.test(name) ? kwargs.task.task : undefined;
  return { name, args, options: { routeName: mapped, ...withProperties(foreign, options), kwargs } };
}

/**
 * @template T
 * @param {number} index of the element
 * @param {() => T} make
 * @returns {T}
 */
function at(index, make) {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) error.message = `sendTasks: element ${index}: ${error.message}`;
    throw error;
  }
}
