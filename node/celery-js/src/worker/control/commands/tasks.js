/** Commands that change the limits of tasks. */
import { pythonRepr } from "../../../protocol/repr.js";
import { clipped } from "../../../validation/clip.js";
import { DURATION, NAME, RATE } from "../../../validation/kinds.js";
import { nok, ok } from "../state.js";

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const TASKS = [
  {
    name: "rate_limit",
    type: "control",
    required: ["task_name", "rate_limit"],
    kinds: { task_name: NAME },
    isOpen: true,
    run: ({ app, rateLimits, log }, { task_name: name, rate_limit: limit }) => {
      const rate = Number.isNaN(Number(limit)) || limit === null ? limit : Number(limit);
      if (rate !== null && !RATE[1](rate)) return nok(`Invalid rate limit string: ${notANumber(limit)}`);
      if (!app.tasks.has(name)) {
        log.error(`Rate limit attempt for unknown task ${name}`);
        return nok("unknown task");
      }
      rateLimits.set(name, rate);
      changeOptions(app.tasks.get(name), { rateLimit: rate });
      if (!rate) {
        log.info(`Rate limits disabled for tasks of type ${name}`);
        return ok("rate limit disabled successfully");
      }
      log.info(`New rate limit for tasks of type ${name}: ${rate}.`);
      return ok("new rate limit set successfully");
    },
  },
  {
    name: "time_limit",
    type: "control",
    optional: ["task_name", "hard", "soft"],
    kinds: { task_name: NAME, hard: DURATION, soft: DURATION },
    isOpen: true,
    run: ({ app, log }, { task_name: name, hard = null, soft = null }) => {
      if (!app.tasks.has(name)) {
        log.error(`Change time limit attempt for unknown task ${name}`);
        return nok("unknown task");
      }
      changeOptions(app.tasks.get(name), { timeLimit: hard, softTimeLimit: soft });
      log.info(`New time limits for tasks of type ${name}: soft=${soft} hard=${hard}`);
      return ok("time limits set successfully");
    },
  },
];

/**
 * @param {import("../../model/types.js").RegisteredTask} task whose attributes show the new values
 * @param {import("../../model/types.js").TaskOptions} changed
 */
function changeOptions(task, changed) {
  task.options = Object.freeze({ ...task.options, ...changed });
}

/**
 * @param {unknown} limit
 * @returns {string} the error of Python's `float()`, as Celery answers it
 */
function notANumber(limit) {
  const [count] = clipped(String(limit)).split("/");
  return `ValueError(${pythonRepr(`could not convert string to float: ${pythonRepr(count)}`)})`;
}
