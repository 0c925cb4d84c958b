/**
 * Notifies the observers of tasks: the log, the receivers of signals, monitors. `createObservers` has one line per
 * observer. The handlers of a task and the receivers of its run, which are awaited, are called in execution/hooks.js.
 */
export type Request = import("../../execution/request.js").Request;
export type Disposition = import("../../execution/disposition.js").Disposition;
export type Delivery = import("../../transport/transport.js").Delivery;
export type Burial = Extract<import("../intake/admission.js").Decision, {
    kind: "bury";
}>;
export type Notify = () => void;
export type Later = Notify | null | undefined | void;
export type TaskObserver = {
    /**
     * whether it wants the events of a successful task: `received`, `started`, `succeeded`
     */
    isOn: boolean;
    /**
     * a task's message; a revoked or expired one must
     * not run
     */
    received?: (request: Request, isToRun: boolean) => Later;
    started?: (request: Request) => Later;
    succeeded?: (request: Request, value: unknown, runtimeMs: number) => Later;
    /**
     * `kind`: what happens to the
     * message
     */
    failed?: (request: Request, error: Error, kind: Disposition["kind"]) => Later;
    retried?: (request: Request, retry: import("../../errors.js").Retry) => Later;
    /**
     * the task threw `Ignore`
     */
    ignored?: (request: Request) => Later;
    /**
     * null: its retry or its replacement could
     * not be sent, and it goes back
     */
    rejected?: (request: Request, reject: import("../../errors.js").Reject | null) => Later;
    /**
     * `reason`: "expired", "revoked", or "terminated" by
     * the signal
     */
    revoked?: (request: Request, reason: string, signal: string | null) => Later;
    /**
     * a message that cannot be run: no such task, unreadable, lost too often
     */
    unknown?: (delivery: Delivery, burial: Burial) => Later;
};
export type Happenings = Required<Omit<TaskObserver, "isOn">>;
export declare class TaskObservers {
    #private;
    /** @param {readonly TaskObserver[]} observers in the order in which they are notified */
    constructor(observers: readonly TaskObserver[]);
    /** @returns {boolean} whether any observer wants the events of a successful task; otherwise no arguments are built */
    get isOn(): boolean;
    /**
     * @template {keyof Happenings} What
     * @param {What} what
     * @param {Parameters<Happenings[What]>} details
     * @returns {Notify | null} to be called once the outcome is stored
     */
    notify<What extends keyof Happenings>(what: What, ...details: Parameters<Happenings[What]>): Notify | null;
}
