export type Happenings = import("./task-observers.js").Happenings;
export type TaskObserver = import("./task-observers.js").TaskObserver;
/**
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */
/** @implements {TaskObserver} */
export declare class TaskSpans implements TaskObserver {
    /** @type {Happenings["failed"]} an expected error (`throws`) does not fail the span, as in Python */
    failed({ execution, task }: import("../../execution/request.js").Request, error: Error): import("./task-observers.js").Later;
    /** @type {Happenings["retried"]} */
    retried({ execution }: import("../../execution/request.js").Request, retry: import("../../errors.js").Retry): import("./task-observers.js").Later;
    /** @type {Happenings["ignored"]} */
    ignored({ execution }: import("../../execution/request.js").Request): import("./task-observers.js").Later;
    /** @type {Happenings["rejected"]} */
    rejected({ execution }: import("../../execution/request.js").Request): import("./task-observers.js").Later;
    /** @type {Happenings["revoked"]} */
    revoked({ execution }: import("../../execution/request.js").Request): import("./task-observers.js").Later;
}
