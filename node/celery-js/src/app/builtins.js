/** The built-in tasks of every app, which Celery's workflows send (`celery.app.builtins`). */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Chunks } from "../canvas/maps.js";
import { toSignature } from "../canvas/signature.js";
import { ValueError } from "../execution/value-error.js";
import { bindArguments } from "../tasks/binding.js";
import { currentTask } from "../tasks/current.js";
import { parseParameters } from "../tasks/parameters.js";
import { UNLOCK_OPTIONS, unlockChord } from "./chord-unlock.js";
import { Task } from "./task.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("../canvas/signature.js").SignatureData} SignatureData
 */

/** How many messages `celery.chunks` sends: its own message needs no more than two bytes for each. */
const MAX_CHUNKS = 100_000;
/** How long mapped calls may take before other work of the process gets a turn. */
const TURN_MS = 5;

/** Collects the results of a group that replaced a task (`Task.replace`). */
const accumulate = (
  /** @type {{ index?: number | null }} */ { index = null } = {},
  /** @type {unknown[]} */ ...args
) => (index === null ? args : args[index]);

const xmap = (/** @type {SignatureData} */ task, /** @type {unknown[]} */ it) =>
  inTurns(it, (item) => callHere(task, [item]));

const xstarmap = (/** @type {SignatureData} */ task, /** @type {unknown[][]} */ it) =>
  inTurns(it, (items) => callHere(task, items));

const chunks = async (/** @type {SignatureData} */ task, /** @type {unknown[][]} */ it, /** @type {number} */ n) => {
  const { app } = running();
  const parts = new Chunks(app, toSignature(task, app), it, n);
  if (parts.messageCount > MAX_CHUNKS) {
    throw new ValueError(`celery.chunks would send ${parts.messageCount} messages: the limit is ${MAX_CHUNKS}`);
  }
  return parts.applyAsync();
};

/** Deletes expired results. Redis and Valkey do that by themselves. */
const cleanUp = async () => {
  await running().app.backend.cleanUp?.();
  return null;
};

const BUILTINS = Object.entries({
  "celery.accumulate": accumulate,
  "celery.map": xmap,
  "celery.starmap": xstarmap,
  "celery.chunks": chunks,
  "celery.backend_cleanup": cleanUp,
}).map(([name, fn]) => ({ name, fn, options: {}, parameters: parseParameters(fn, { name }) }));

const UNLOCK = {
  name: "celery.chord_unlock",
  fn: unlockChord,
  options: UNLOCK_OPTIONS,
  parameters: parseParameters(unlockChord, { name: "celery.chord_unlock", bind: true }),
};

/** @param {Celery} app */
export function registerBuiltins(app) {
  app.tasks.register(...[...BUILTINS, UNLOCK].map((builtin) => new Task({ app, ...builtin })));
}

/** @returns {{ app: Celery, context: object }} of the built-in task that runs here */
const running = () => /** @type {{ app: Celery, context: object }} */ (currentTask());

/**
 * @template T
 * @param {Iterable<T>} items
 * @param {(item: T) => Promise<unknown>} call one after the other
 * @returns {Promise<unknown[]>} what the calls return
 * @throws {SoftTimeLimitExceeded} once the soft time limit has passed; `unknown`, once the task was ended from outside
 */
async function inTurns(items, call) {
  const execution = /** @type {Partial<import("../execution/execution.js").Execution>} */ (running());
  const results = [];
  let startedAtMs = performance.now();
  for (const item of items) {
    results.push(await call(item));
    if (performance.now() - startedAtMs < TURN_MS) continue;
    // An await alone gives no timer and no connection its turn.
    await nextTurn();
    execution.throwIfAborted?.();
    startedAtMs = performance.now();
  }
  return results;
}

/**
 * Calls a task's function here, as part of the running task (Celery's `Task.__call__`).
 *
 * @param {SignatureData} signature
 * @param {readonly unknown[]} args
 * @returns {Promise<unknown>} what it returns
 * @throws {NotRegistered} when there is no such task here
 */
async function callHere(signature, args) {
  const { app, context: own } = running();
  const task = app.tasks.get(signature.task);
  const bound = bindArguments(task.parameters, args, {}, task.name);
  if (!task.options.bind) return task.fn(...bound);
  // No message was sent, so none can be sent again: a retry throws the error itself.
  const retry = ({ exc = null } = {}) => {
    throw exc ?? new Error("Task can be retried");
  };
  const context = { ...own, args, kwargs: {}, calledDirectly: true };
  const self = Object.create(task, {
    request: { value: context },
    signal: { value: new AbortController().signal },
    retry: { value: retry },
  });
  return task.fn(self, ...bound);
}
