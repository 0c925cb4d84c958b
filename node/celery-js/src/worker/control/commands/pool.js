/** Commands that change a worker's default pool: the one for tasks that name none. */
import { listOf } from "../../../canvas/options.js";
import { ValueError } from "../../../execution/value-error.js";
import { show } from "../../../validation/kinds.js";
import { nok, ok } from "../state.js";

/**
 * @typedef {import("../state.js").ControlState} ControlState
 * @typedef {import("../panel.js").ControlCommand} ControlCommand
 */

/** More slots than any machine has room for. Python's workers have the same limit. */
const MOST_SLOTS = 1_000;
/** @type {import("../../../validation/kinds.js").Kind} */
const POOL_SIZE = [
  `a whole number from 0 to ${MOST_SLOTS}`,
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_SLOTS,
];

const NO_SLOT = "the pool must have at least 1 slot";

/** @type {readonly ControlCommand[]} */
export const POOL = [
  {
    name: "pool_grow",
    type: "control",
    optional: ["n"],
    isOpen: true,
    run: (state, { n = 1 }) => resize(state, "pool_grow", poolSize("pool_grow", n), "pool will grow"),
  },
  {
    name: "pool_shrink",
    type: "control",
    optional: ["n"],
    isOpen: true,
    run: (state, { n = 1 }) => resize(state, "pool_shrink", -poolSize("pool_shrink", n), "pool will shrink"),
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
    kinds: { max: POOL_SIZE, min: POOL_SIZE },
    run: ({ pools, dispatcher }, { max = null, min = null }) => {
      if (pools.autoscaled() === null) throw new ValueError("Autoscale not enabled");
      const refusal = refusalOfRange(max ?? pools.autoscaled()?.max, min);
      if (refusal !== null) return nok(refusal);
      const sizes = pools.autoscale({ max, min });
      dispatcher.startMore();
      dispatcher.wake();
      return ok(`autoscale now max=${sizes.max} min=${sizes.min}`);
    },
  },
];

/**
 * JavaScript cannot unload a module, so this replaces the threads, each of which has its own modules.
 *
 * @param {ControlState} state
 * @param {{ modules?: unknown, reloader?: unknown }} args
 */
function restart({ app, pools, log }, { modules = null, reloader = null }) {
  if (!app.settings.workerPoolRestarts) throw new ValueError("Pool restarts not enabled");
  if (listOf(modules).length > 0 || reloader !== null) {
    return nok("pool_restart of a Node worker takes no modules and no reloader: its threads import all modules again");
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
  const size = pools.slots.concurrency[options.pool] + by;
  if (by > 0 && size > MOST_SLOTS) return nok(`the pool may have at most ${MOST_SLOTS} slots`);
  if (size < 1) return nok(NO_SLOT);
  pools.resize(options.pool, by);
  dispatcher.startMore();
  dispatcher.wake();
  return ok(done);
}

/**
 * @param {number} max
 * @param {number | null} min
 * @returns {string | null} why a pool cannot have this range
 */
function refusalOfRange(max, min) {
  if (max < 1) return NO_SLOT;
  return min !== null && min > max ? `min, ${min}, is larger than max, ${max}` : null;
}

/**
 * @param {string} command
 * @param {unknown} n
 * @returns {number}
 * @throws {TypeError} for `null`, too, which the kinds of optional arguments let through
 */
function poolSize(command, n) {
  const [takes, test] = POOL_SIZE;
  if (!test(n)) throw new TypeError(`${command}() argument 'n' must be ${takes}, not ${show(n)}`);
  return Number(n);
}
