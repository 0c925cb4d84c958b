/** Notifies telemetry how tasks end: their spans (execution/task-span.js), and the error reports (telemetry/error-reports.js). */
import { messageFields, taskFields } from "../../execution/request.js";
import { matches } from "../../execution/retry.js";
import { FAILURE, IGNORED, REJECTED, REVOKED } from "../../protocol/states.js";
import { errorReport } from "../../telemetry/error-reports.js";

/**
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */

/**
 * Writes into the span of a running task how the task ended, unless it succeeded.
 *
 * @implements {TaskObserver}
 */
export class TaskSpans {
  /** @type {Happenings["failed"]} an expected error (`throws`) does not fail the span, as in Python */
  failed({ execution, task }, error) {
    execution?.span?.note(FAILURE, error, !matches(error, task.options.throws));
  }

  /** @type {Happenings["retried"]} */
  retried({ execution }, retry) {
    execution?.span?.noteRetry(retry);
  }

  /** @type {Happenings["ignored"]} */
  ignored({ execution }) {
    execution?.span?.note(IGNORED);
  }

  /** @type {Happenings["rejected"]} */
  rejected({ execution }) {
    execution?.span?.note(REJECTED);
  }

  /** @type {Happenings["revoked"]} */
  revoked({ execution }) {
    execution?.span?.note(REVOKED);
  }
}

/**
 * Reports the final failures.
 *
 * @implements {TaskObserver}
 */
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
