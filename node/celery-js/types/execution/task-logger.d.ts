export type Logger = import("pino").Logger;
export type TaskLogger = Pick<Logger, "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "isLevelEnabled">;
/** @param {Logger} log that lines outside of tasks go to */
export declare function setProcessLog(log: Logger): void;
/**
 * A logger for a task module and its helpers. In a task it adds the task's name and id to each line, as `self.log` does, also after
 * an `await`. Outside of tasks its lines go to the worker's log. Without a worker, warnings and errors go to stderr, as in Python.
 *
 * @param {string} name such as the module's
 * @returns {TaskLogger} with pino's methods
 * @throws {CeleryError} for Celery's own names
 */
export declare function getTaskLogger(name: string): TaskLogger;
