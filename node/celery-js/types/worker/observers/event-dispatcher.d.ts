export type WrittenEvent = import("../../protocol/events.js").WrittenEvent;
export type Broadcaster = {
    isConnected: boolean;
    broadcast: (exchange: string, routingKey: string, text: string) => Promise<void>;
};
export type Parcel = {
    routingKey: string;
    body: WrittenEvent | WrittenEvent[];
};
export declare class EventDispatcher {
    #private;
    /** Whether events of tasks are sent; checked for every task. Only `enable` and `disable` change it. */
    sendsTaskEvents: boolean;
    /**
     * @param {object} options
     * @param {string} options.hostname the worker's
     * @param {import("../../protocol/clock.js").LamportClock} options.clock
     * @param {string} options.exchange
     * @param {boolean} options.taskEvents whether events of tasks are sent from the start
     * @param {Broadcaster} options.broadcaster
     * @param {import("./log.js").Logger} options.log
     * @param {number} [options.limit] most events that wait
     * @param {(error: Error) => void} [options.onRefused] called whenever the server forbids this user to send them
     * @param {() => void} [options.onAccepted] called whenever some were sent
     */
    constructor({ hostname, clock, exchange, taskEvents, broadcaster, log, limit, ...hooks }: {
        hostname: string;
        clock: import("../../protocol/clock.js").LamportClock;
        exchange: string;
        taskEvents: boolean;
        broadcaster: Broadcaster;
        log: import("./log.js").Logger;
        limit?: number;
        onRefused?: (error: Error) => void;
        onAccepted?: () => void;
    });
    /**
     * Sends events of tasks from now on (Celery's control command `enable_events`).
     *
     * @returns {boolean} false if it already did
     */
    enable(): boolean;
    /**
     * Stops sending events of tasks (Celery's control command `disable_events`).
     *
     * @returns {boolean} false if it did not before
     */
    disable(): boolean;
    /** Sends one heartbeat (Celery's control command `heartbeat`), with the few fields that Celery's has. */
    heartbeat(): void;
    /**
     * Sends an event, soon; returns at once, and never throws.
     *
     * @param {string} type
     * @param {Record<string, unknown>} fields that JSON can hold
     */
    send(type: string, fields: Record<string, unknown>): void;
    /**
     * Sends the waiting events, if the server is there, and nothing after that.
     *
     * @returns {Promise<void>} once it is sent, or lost
     */
    close(): Promise<void>;
}
