/** The receiver of errors of failed tasks, such as Sentry, in addition to the log. */

/**
 * @typedef {(error: Error, tags: Record<string, string | undefined>) => void} Report gets the fields of the task's log lines as tags
 */

/** @type {Report | null} */
let report = null;

/** @param {Report | null} receiver of the final failures of all tasks of this process; null ends it */
export function reportErrorsTo(receiver) {
  report = receiver;
}

/** @returns {Report | null} */
export const errorReport = () => report;
