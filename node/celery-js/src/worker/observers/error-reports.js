/** Reports the final failures of tasks (telemetry/error-reports.js). */
import { messageFields, taskFields } from "../../execution/request.js";
import { matches } from "../../execution/retry.js";
import { errorReport } from "../../telemetry/error-reports.js";

/**
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */

/** @implements {TaskObserver} */
export class ErrorReports {
  /** @type {Happenings["failed"]} not of a task that runs again, nor an expected error (`throws`) */
  failed(request, error, kind) {
    const report = errorReport();
    if (report === null || kind === "leave" || matches(error, request.task.options.throws)) return;
    report(error, taskFields(request));
  }

  /** @type {Happenings["unknown"]} */
  unknown({ queue }, { error, taskId, message }) {
    const fields = message === null ? { task_id: taskId ?? undefined } : messageFields(message);
    errorReport()?.(error, { ...fields, queue });
  }
}
