export type Reply = import("./broadcast.js").Reply;
export type InspectOptions = Pick<import("./broadcast.js").BroadcastOptions, "destination" | "pattern" | "matcher" | "timeout" | "limit" | "callback" | "background">;
export declare class Inspect {
    #private;
    /**
     * @param {import("./broadcast.js").BroadcastApp} app
     * @param {InspectOptions} options
     */
    constructor(app: import("./broadcast.js").BroadcastApp, options: InspectOptions);
    /**
     * @returns {Promise<Reply | null>} the tasks that run
     * @param {{ safe?: boolean }} [options] `safe`: their arguments as texts
     */
    active(options?: {
        safe?: boolean;
    }): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} the tasks that wait for a slot
     */
    reserved(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} the tasks that wait for their eta
     */
    scheduled(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} the ids of revoked tasks
     */
    revoked(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...string} items of each task, such as "rate_limit"
     * @returns {Promise<Reply | null>} the tasks that can be run
     */
    registered(...items: string[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} `{ ok: "pong" }` from every live worker
     */
    ping(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} pool, broker, totals, resources
     */
    stats(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} the queues that each worker consumes
     */
    activeQueues(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...string} ids
     * @returns {Promise<Reply | null>} id -> `[state, task]`, for each task that a worker holds
     */
    queryTask(...ids: string[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} Celery's bug report
     */
    report(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {{ withDefaults?: boolean }} [options]
     * @returns {Promise<Reply | null>} the settings, without secrets
     */
    conf(options?: {
        withDefaults?: boolean;
    }): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} `{ hash, tasks }`: the hash of the contract, and of each task by its name
     */
    contract(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {...never} nothing
     * @returns {Promise<Reply | null>} the logical clocks
     */
    clock(...nothing: never[]): Promise<Reply | null>;
    /**
     * @param {string} fromNode
     * @param {readonly string[]} [revoked]
     * @returns {Promise<Reply | null>} what workers exchange when they start (Celery's mingle)
     */
    hello(fromNode: string, revoked?: readonly string[]): Promise<Reply | null>;
    /**
     * @param {string} method Celery's name of a question, or one of an app's own
     * @param {Record<string, unknown>} [args]
     * @returns {Promise<Reply | null>}
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    ask(method: string, args?: Record<string, unknown>): Promise<Reply | null>;
}
