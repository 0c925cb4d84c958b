/** Changes of the size of a worker's pool: of the one that runs tasks which ask for none. */
import { nok, ok } from "../state.js";

/**
 * @typedef {import("../state.js").ControlState} ControlState
 * @typedef {import("../panel.js").ControlCommand} ControlCommand
 */

/** Python's name for what is wrong, which Celery's tools show. */
class ValueError extends RangeError {}

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
    isOpen: true,
    run: () => {
      throw new ValueError("Pool restarts not enabled");
    },
  },
  {
    name: "autoscale",
    type: "control",
    optional: ["max", "min"],
    run: ({ pools, options, dispatcher }, { max = null, min = null }) => {
      if (!options.autoscale || !pools.threads) throw new ValueError("Autoscale not enabled");
      const sizes = pools.resizeThreads({
        max: max === null ? null : wholeNumber(max),
        min: min === null ? null : wholeNumber(min),
      });
      dispatcher.startMore();
      dispatcher.wake();
      return ok(`autoscale now max=${sizes.max} min=${sizes.min}`);
    },
  },
];

/** @param {ControlState} state @param {string} name @param {number} by @param {string} done */
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
