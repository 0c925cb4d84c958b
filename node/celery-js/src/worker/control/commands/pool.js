/** Commands that change a worker's default pool: the one for tasks that name none. */
import { listOf } from "../../../canvas/options.js";
import { ValueError } from "../../../execution/value-error.js";
import { COUNT } from "../../../validation/kinds.js";
import { nok, ok } from "../state.js";

/**
 * @typedef {import("../state.js").ControlState} ControlState
 * @typedef {import("../panel.js").ControlCommand} ControlCommand
 */

/** @type {readonly ControlCommand[]} */
export const POOL = [
  {
    name: "pool_grow",
    type: "control",
    optional: ["n"],
    isOpen: true,
    run: (state, { n = 1 }) => resize(state, "pool_grow", wholeNumber(n), "pool will grow"),
  },
  {
    name: "pool_shrink",
    type: "control",
    optional: ["n"],
    isOpen: true,
    run: (state, { n = 1 }) => resize(state, "pool_shrink", -wholeNumber(n), "pool will shrink"),
  },
  {
    name: "pool_restart",
    type: "control",
    optional: ["modules", "reload", "reloader"],
    isOpen: true,
    run: restart,
  },
  {
    name: "autoscale",
    type: "control",
    optional: ["max", "min"],
    kinds: { max: COUNT, min: COUNT },
    run: ({ pools, options, dispatcher }, { max = null, min = null }) => {
      if (!options.autoscale || !pools.threads) throw new ValueError("Autoscale not enabled");
      const sizes = pools.resizeThreads({ max, min });
      dispatcher.startMore();
      dispatcher.wake();
      return ok(`autoscale now max=${sizes.max} min=${sizes.min}`);
    },
  },
];

/**
 * JavaScript cannot unload a module, so this replaces the threads, each of which has modules of its own.
 *
 * @param {ControlState} state
 * @param {{ modules?: unknown, reloader?: unknown }} args
 */
function restart({ app, pools, log }, { modules = null, reloader = null }) {
  if (!app.settings.workerPoolRestarts) throw new ValueError("Pool restarts not enabled");
  if (listOf(modules).length > 0 || reloader !== null) {
    return nok("pool_restart of a Node worker takes no modules and no reloader: its threads import all of theirs anew");
  }
  if (pools.threads === null) {
    return nok("no task of this worker runs in a thread, and the event loop keeps its modules: restart the worker");
  }
  pools.threads.restart();
  log.info("The threads of the pool are restarted by remote");
  if (!("async" in pools.slots.sizes)) return ok("reload started");
  return ok("reload started, of the threads: tasks on the event loop keep their modules until the worker is restarted");
}

/**
 * @param {ControlState} state
 * @param {string} name
 * @param {number} by
 * @param {string} done
 */
function resize({ pools, options, dispatcher }, name, by, done) {
  if (options.autoscale) return nok(`${name} is not supported with autoscale. Adjust autoscale range instead.`);
  pools.resize(options.pool, by);
  dispatcher.startMore();
  dispatcher.wake();
  return ok(done);
}

/** @param {unknown} value */
function wholeNumber(value) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new ValueError(`expected a whole number, 0 or more, not ${value}`);
  return number;
}
