/** The built-in tasks of every app, which Celery's workflows send (`celery.app.builtins`). */
import { Chunks } from "../canvas/maps.js";
import { toSignature } from "../canvas/signature.js";
import { bindArguments } from "../tasks/binding.js";
import { currentTask } from "../tasks/current.js";
import { parseParameters } from "../tasks/parameters.js";
import { UNLOCK_OPTIONS, unlockChord } from "./chord-unlock.js";
import { Task } from "./task.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("../canvas/signature.js").SignatureData} SignatureData
 */

/** Collects the results of a group that replaced a task (`Task.replace`). */
const accumulate = (
  /** @type {{ index?: number | null }} */ { index = null } = {},
  /** @type {unknown[]} */ ...args
) => (index === null ? args : args[index]);

const xmap = async (/** @type {SignatureData} */ task, /** @type {unknown[]} */ it) => {
  const results = [];
  for (const item of it) results.push(await callHere(task, [item]));
  return results;
};

const xstarmap = async (/** @type {SignatureData} */ task, /** @type {unknown[][]} */ it) => {
  const results = [];
  for (const items of it) results.push(await callHere(task, items));
  return results;
};

const chunks = async (/** @type {SignatureData} */ task, /** @type {unknown[][]} */ it, /** @type {number} */ n) => {
  const { app } = running();
  return new Chunks(app, toSignature(task, app), it, n).applyAsync();
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
