/** Notes in a running task's span how the task ended, if not well (execution/task-span.js). */
import { matches } from "../../execution/retry.js";
import { FAILURE, IGNORED, REJECTED, REVOKED } from "../../protocol/states.js";

/**
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */

/** @implements {TaskObserver} */
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
