export type ReceivedEvent = import("../protocol/events.js").CeleryEvent & {
    local_received: number;
};
export type EventHandler = (event: ReceivedEvent) => unknown;
export type ReceiverOptions = {
    /**
     * by type, such as "task-failed"; "*" gets all others
     */
    handlers?: Record<string, EventHandler>;
    /**
     * a filter: "task.#" gives all task events; default "#", all events
     */
    routingKey?: string;
};
export type StartOptions = {
    /**
     * false does not ask the workers for a heartbeat at once
     */
    wakeup?: boolean;
};
export type CaptureLimits = {
    /**
     * stops after this many events
     */
    limit?: number | null;
    /**
     * seconds to wait for each event
     */
    timeout?: number | null;
};
export type CaptureOptions = StartOptions & CaptureLimits;
export type ReceiverApp = Pick<import("./celery.js").Celery, "settings" | "clock" | "control">;
export type Capture = {
    onEvent: () => void;
    fail: (error: unknown) => void;
    end: () => void;
};
export declare class EventReceiver {
    #private;
    /**
     * @param {ReceiverApp} app
     * @param {ReceiverOptions} options
     * @param {Set<EventReceiver>} open the open receivers; this one adds and removes itself
     * @throws {TypeError} when an option is unknown or of the wrong kind
     */
    constructor(app: ReceiverApp, options: ReceiverOptions, open: Set<EventReceiver>);
    /**
     * Receives until it is closed, and keeps the process alive until then. An error of a handler becomes a process warning.
     * After an outage of the server it continues by itself; events sent meanwhile are lost. If the server then refuses to send
     * events, that is a process warning, and it tries again.
     *
     * @param {StartOptions} [options]
     * @returns {Promise<void>} once it receives, or is closed
     * @throws {TypeError} for a wrong option, and when it has been started and not closed
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    start(options?: StartOptions): Promise<void>;
    /**
     * Receives until there were enough events or it is closed, then closes (Celery's `capture`).
     *
     * @param {CaptureOptions} [options]
     * @returns {Promise<number>} how many events it has received
     * @throws what a handler throws
     * @throws {TimeoutError} when no event comes for `timeout`
     * @throws {TypeError} and {OperationalError} as `start` does
     */
    capture(options?: CaptureOptions): Promise<number>;
    /**
     * Asks every worker for a heartbeat, to learn at once which ones are online.
     *
     * @returns {Promise<void>} once they are asked
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    wakeupWorkers(): Promise<void>;
    /** Stops receiving. Idempotent; it can be started again. @returns {Promise<void>} */
    close(): Promise<void>;
}
