import { Inspect } from "./inspect.js";
export type BroadcastOptions = import("./broadcast.js").BroadcastOptions;
export type Reply = import("./broadcast.js").Reply;
export type RevokeRequest = {
    /**
     * true also stops the task if it runs
     */
    terminate?: boolean | null;
    /**
     * the signal that stops its process, in Python workers with processes; default "SIGTERM"
     */
    signal?: string | null;
};
export type RevokeOptions = BroadcastOptions & RevokeRequest;
export type Binding = {
    /**
     * default: the queue's name
     */
    exchange?: string;
    /**
     * default "direct"
     */
    exchangeType?: string;
    /**
     * default: the queue's name
     */
    routingKey?: string;
};
export declare class Control {
    #private;
    /** @param {import("./broadcast.js").BroadcastApp} app */
    constructor(app: import("./broadcast.js").BroadcastApp);
    /**
     * Asks workers what they do.
     *
     * @param {import("./inspect.js").InspectOptions} [options] which workers, and how long to wait for each answer, in seconds
     * @returns {Inspect}
     */
    inspect(options?: import("./inspect.js").InspectOptions): Inspect;
    /**
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[]>} `[{ "celery@host": { ok: "pong" } }]` from every live worker
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    ping(options?: BroadcastOptions): Promise<Reply[]>;
    /**
     * Deletes the messages that wait in the app's queues: those of `taskQueues`, else `taskDefaultQueue`.
     *
     * @param {never[]} nothing
     * @returns {Promise<number>} how many there were
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    purge(...nothing: never[]): Promise<number>;
    /** Celery's other name of `purge`. @type {Control["purge"]} */
    discardAll: Control["purge"];
    /**
     * Makes workers discard a task: those that have it reserved, and those that get it within the next hours.
     *
     * @param {string | readonly string[]} taskId one, or several
     * @param {RevokeOptions} [options]
     * @returns {Promise<Reply[] | null>} once the broadcast is sent, or answered
     * @throws {TypeError} for an id or an option that cannot be used
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    revoke(taskId: string | readonly string[], options?: RevokeOptions): Promise<Reply[] | null>;
    /**
     * Revokes a task, and stops it if it runs.
     *
     * @param {string | readonly string[]} taskId
     * @param {RevokeOptions} [options]
     * @returns {Promise<Reply[] | null>}
     * @throws as `revoke`
     */
    terminate(taskId: string | readonly string[], options?: RevokeOptions): Promise<Reply[] | null>;
    /**
     * Revokes the tasks whose stamps match.
     *
     * @param {Record<string, string | readonly string[]>} headers stamp -> value, or the values that match
     * @param {RevokeOptions} [options]
     * @returns {Promise<Reply[] | null>}
     * @throws as `revoke`
     */
    revokeByStampedHeaders(headers: Record<string, string | readonly string[]>, options?: RevokeOptions): Promise<Reply[] | null>;
    /**
     * @param {string} taskName
     * @param {number | string | null} rate tasks a second, or "10/s", "10/m", "10/h"; null, 0: no limit
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    rateLimit(taskName: string, rate: number | string | null, options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * @param {string} taskName
     * @param {{ soft?: number | null, hard?: number | null }} limits in seconds; null: none
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    timeLimit(taskName: string, limits: {
        soft?: number | null;
        hard?: number | null;
    }, options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Makes workers consume from one more queue.
     *
     * @param {string} queue
     * @param {Binding & BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    addConsumer(queue: string, options?: Binding & BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Makes workers stop consuming from a queue.
     *
     * @param {string} queue
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    cancelConsumer(queue: string, options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Makes workers send the events of their tasks.
     *
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    enableEvents(options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Makes workers stop sending the events of their tasks.
     *
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    disableEvents(options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Makes workers send a heartbeat now.
     *
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    heartbeat(options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * @param {number} [n] how many more tasks at a time
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    poolGrow(n?: number, options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * @param {number} [n] how many fewer tasks at a time
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    poolShrink(n?: number, options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Replaces the processes or threads of workers with the setting `workerPoolRestarts`; threads of Node workers import their
     * task modules again. `modules` and `reload` are for Python workers: what to import, or to load again.
     *
     * @param {{ modules?: readonly string[] | null, reload?: boolean | null } & BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    poolRestart(options?: {
        modules?: readonly string[] | null;
        reload?: boolean | null;
    } & BroadcastOptions): Promise<Reply[] | null>;
    /**
     * @param {number} max
     * @param {number} min the smallest size of an autoscaled pool
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>}
     */
    autoscale(max: number, min: number, options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Stops workers after their running tasks (Celery's warm shutdown).
     *
     * @param {BroadcastOptions} [options] `destination`, or all of them stop
     * @returns {Promise<Reply[] | null>}
     */
    shutdown(options?: BroadcastOptions): Promise<Reply[] | null>;
    /**
     * Sends a command of Celery's remote control.
     *
     * @param {string} command by Celery's name, such as "revoke" or "rate_limit"
     * @param {Record<string, unknown>} [commandArguments] by Celery's names
     * @param {BroadcastOptions} [options]
     * @returns {Promise<Reply[] | null>} the answers, with `reply: true`; else null, once it is sent
     * @throws {TypeError} for an option that cannot be used
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    broadcast(command: string, commandArguments?: Record<string, unknown>, options?: BroadcastOptions): Promise<Reply[] | null>;
}
