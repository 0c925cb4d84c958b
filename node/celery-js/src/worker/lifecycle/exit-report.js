/**
 * Logs the last line of a process that ends while tasks run: which task called `process.exit()`, and which other tasks end with
 * it. Written in the `exit` event, where nothing asynchronous runs any more.
 */
import { taskFields } from "../../execution/request.js";
import { currentTask } from "../../tasks/current.js";

/** More names than this would not help. */
const MAX_NAMES = 20;

/**
 * Listens until the returned function is called.
 *
 * @param {import("../observers/log.js").Logger} log
 * @param {() => readonly string[]} running the tasks that run, as `name[id]`
 * @returns {() => void} stops listening: the process ends because the worker has stopped
 */
export function reportExit(log, running) {
  const onExit = (/** @type {number} */ code) => {
    const names = running();
    const culprit = /** @type {import("../../execution/execution.js").Execution | null} */ (currentTask());
    if (names.length === 0 && culprit === null) return;
    log.fatal({ ...(culprit && taskFields(culprit.request)), exitCode: code }, sentence(code, culprit, names));
  };
  process.on("exit", onExit);
  return () => void process.off("exit", onExit);
}

/**
 * @param {number} code
 * @param {import("../../execution/execution.js").Execution | null} culprit
 * @param {readonly string[]} names
 * @returns {string}
 */
function sentence(code, culprit, names) {
  const why = culprit
    ? `Task ${culprit.request.message.name}[${culprit.request.message.id}] has called process.exit(${code}), which ends this worker`
    : `The process ends with code ${code}, before this worker was stopped`;
  const shown = names.slice(0, MAX_NAMES).join(", ") + (names.length > MAX_NAMES ? ", ..." : "");
  return `${why}. Running: ${shown || "nothing else"}. Their messages return to their queues when their leases end`;
}
