export type CeleryEvent = import("../../protocol/events.js").CeleryEvent;
export type Broadcaster = {
    canBroadcast: boolean;
    broadcast: (exchange: string, routingKey: string, text: string) => Promise<void>;
};
export type Parcel = {
    routingKey: string;
    body: CeleryEvent | CeleryEvent[];
};
/**
 * @typedef {import("../../protocol/events.js").CeleryEvent} CeleryEvent
 *
 * @typedef {object} Broadcaster
 * @property {boolean} canBroadcast
 * @property {(exchange: string, routingKey: string, text: string) => Promise<void>} broadcast
 *
 * @typedef {{ routingKey: string, body: CeleryEvent | CeleryEvent[] }} Parcel one message
 */
export declare class EventDispatcher {
    #private;
    /** Whether tasks are told of: what a task's way through the worker looks at. Changed by `enable` and `disable` alone. */
    sendsTaskEvents: boolean;
    /**
     * @param {object} options
     * @param {string} options.hostname the worker's
     * @param {import("../../protocol/clock.js").LamportClock} options.clock
     * @param {string} options.exchange
     * @param {boolean} options.taskEvents whether tasks are told of from the start
     * @param {Broadcaster} options.transport
     * @param {import("./log.js").Logger} options.log
     * @param {number} [options.limit] most events that wait
     */
    constructor({ hostname, clock, exchange, taskEvents, transport, log, limit }: {
        hostname: string;
        clock: import("../../protocol/clock.js").LamportClock;
        exchange: string;
        taskEvents: boolean;
        transport: Broadcaster;
        log: import("./log.js").Logger;
        limit?: number;
    });
    /** Tells of tasks from now on (Celery's control command `enable_events`). @returns {boolean} false where it did already */
    enable(): boolean;
    /** Tells of tasks no more (Celery's control command `disable_events`). @returns {boolean} false where it did not before */
    disable(): boolean;
    /** Says that this worker lives (Celery's control command `heartbeat`): with the few fields that Celery's answer has. */
    heartbeat(): void;
    /**
     * Sends an event, soon; returns at once, and never throws.
     *
     * @param {string} type
     * @param {Record<string, unknown>} fields that JSON can hold
     */
    send(type: string, fields: Record<string, unknown>): void;
    /**
     * Sends what waits, if the server is there, and nothing after that.
     *
     * @returns {Promise<void>} once it is sent, or lost
     */
    close(): Promise<void>;
}
