/**
 * The fields of log lines about tasks, in JSON. They have the same names in a Python worker (celery_reliable/logs.py), so that
 * one `root_id` finds a workflow over both languages.
 */

/** The property of a logger that has another name than the worker's. */
const NAME = Symbol("name of the logger");
const WORKER_LOGGER = "celery.worker";

/**
 * @param {Pick<import("./request.js").Request, "message" | "task" | "delivery">} request
 * @returns {Record<string, string | undefined>}
 */
export const taskFields = ({ message, task, delivery }) => ({
  ...messageFields(message),
  task: task.name,
  queue: delivery.queue,
});

/**
 * @param {import("../protocol/message.js").TaskMessage} message
 * @returns {Record<string, string | undefined>}
 */
export const messageFields = ({ id, name, rootId, parentId }) => ({
  task: name,
  task_id: id,
  root_id: rootId ?? id,
  parent_id: parentId ?? undefined,
});

/**
 * The task's own logger, `self.log`, named after its module as Python's `get_task_logger(__name__)`.
 *
 * @param {import("../worker/observers/log.js").Logger} log
 * @param {import("./request.js").Request} request
 * @returns {import("../worker/observers/log.js").Logger}
 */
export function taskLogger(log, request) {
  const { name } = request.task;
  return Object.assign(log.child(taskFields(request)), {
    [NAME]: name.slice(0, Math.max(0, name.lastIndexOf("."))) || name,
  });
}

/**
 * Adds the logger's name to a line that has none (pino's option `mixin`).
 *
 * @param {object} _fields
 * @param {number} _level
 * @param {object} logger
 */
export const withLoggerName = (_fields, _level, logger) => ({
  logger: /** @type {{ [NAME]?: string }} */ (logger)[NAME] ?? WORKER_LOGGER,
});
