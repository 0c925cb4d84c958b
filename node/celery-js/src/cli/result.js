/** `celery-js result`: waits for a task and prints what it returned (celery.bin.result). */
import { className } from "../validation/class-name.js";
import { onlyArgument, withClient } from "./client.js";
import { CommandError, JSON_OUTPUT } from "./command.js";
import { json } from "./dead/text.js";
import { pythonText } from "./python-text.js";

/** @type {import("./command.js").Command} */
export const RESULT = {
  summary: "Print the return value for a given task id.\n\nIt waits for a task that has not ended yet.",
  args: "TASK_ID",
  options: {
    task: { type: "string", short: "t", metavar: "NAME", help: "Name of the task, which the app must know." },
    traceback: { type: "boolean", help: "Show the traceback of a failed task instead, without waiting." },
    ...JSON_OUTPUT,
  },
  run: async (call) => {
    const { values, terminal } = call;
    const id = onlyArgument(call.args, "TASK_ID");
    const value = await withClient(call, (app) => {
      if (typeof values.task === "string") app.tasks.get(values.task);
      const result = app.AsyncResult(id);
      return values.traceback ? result.traceback : returned(result);
    });
    return terminal.print(values.json ? json(value) : value === null || value === undefined ? "" : pythonText(value));
  },
};

/**
 * @param {Pick<import("../app/result.js").AsyncResult, "get">} result
 * @returns {Promise<unknown>}
 * @throws {CommandError} the task's error in one line
 */
async function returned(result) {
  try {
    return await result.get();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CommandError(`${error.name || className(error)}: ${error.message}`, { cause: error });
  }
}
