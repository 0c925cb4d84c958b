/**
 * Every key that the Redis transport touches, in one place. Those that kombu defines have kombu's names and formats
 * (kombu/transport/redis.py); ours begin with `celery.`. docs/delivery.md says what is in each.
 */
/** kombu's separator between a queue's name and its priority step, and between the fields of a binding. */
export declare const SEPARATOR = "\u0006\u0016";
/** kombu's PRIORITY_STEPS. On Redis the lowest number is taken first. */
export declare const PRIORITY_STEPS: readonly number[];
export type KeyNames = {
    /**
     * hash: delivery tag -> `[message, exchange, routing key]` (kombu)
     */
    unacked: string;
    /**
     * zset: delivery tag -> time of delivery in seconds (kombu)
     */
    unackedIndex: string;
    /**
     * zset: delivery tag -> end of its lease in ms of the server's clock
     */
    leases: string;
    /**
     * zset: delivery tag -> eta in ms, of messages that no worker holds until then
     */
    parked: string;
    /**
     * hash: task id -> how many of its workers were lost
     */
    deliveries: string;
    /**
     * zset: task id -> when that was last counted, in ms
     */
    counted: string;
    /**
     * set: delivery tags of running messages whose worker was lost before
     */
    started: string;
    /**
     * hash: when the last sweep ran, and from when on leases may be taken away
     */
    sweep: string;
    /**
     * hash: queue -> until when in ms, and which worker tells about it (measure.lua)
     */
    measured: string;
};
export type QueueKeys = {
    /**
     * list of a queue's priority step
     */
    queue: (queue: string, priority?: number) => string;
    /**
     * list of a queue's dead letters
     */
    dead: (queue: string) => string;
    /**
     * set of an exchange's bindings (kombu)
     */
    bindings: (exchange: string) => string;
    /**
     * set (kombu 5.7)
     */
    permanentBindings: (exchange: string) => string;
    /**
     * pub/sub channel of a fanout exchange, with kombu's
     * `fanout_patterns`, which are on by default
     */
    fanout: (exchange: string, routingKey?: string) => string;
    steps: readonly number[];
};
export type Keys = KeyNames & QueueKeys;
/**
 * @typedef {object} KeyNames the keys that have one name
 * @property {string} unacked hash: delivery tag -> `[message, exchange, routing key]` (kombu)
 * @property {string} unackedIndex zset: delivery tag -> time of delivery in seconds (kombu)
 * @property {string} leases zset: delivery tag -> end of its lease in ms of the server's clock
 * @property {string} parked zset: delivery tag -> eta in ms, of messages that no worker holds until then
 * @property {string} deliveries hash: task id -> how many of its workers were lost
 * @property {string} counted zset: task id -> when that was last counted, in ms
 * @property {string} started set: delivery tags of running messages whose worker was lost before
 * @property {string} sweep hash: when the last sweep ran, and from when on leases may be taken away
 * @property {string} measured hash: queue -> until when in ms, and which worker tells about it (measure.lua)
 *
 * @typedef {object} QueueKeys
 * @property {(queue: string, priority?: number) => string} queue list of a queue's priority step
 * @property {(queue: string) => string} dead list of a queue's dead letters
 * @property {(exchange: string) => string} bindings set of an exchange's bindings (kombu)
 * @property {(exchange: string) => string} permanentBindings set (kombu 5.7)
 * @property {(exchange: string, routingKey?: string) => string} fanout pub/sub channel of a fanout exchange, with kombu's
 *   `fanout_patterns`, which are on by default
 * @property {readonly number[]} steps
 *
 * @typedef {KeyNames & QueueKeys} Keys
 */
/**
 * @param {{ globalKeyprefix?: string, prioritySteps?: readonly number[], db?: number }} [options]
 * @returns {Keys}
 */
export declare function redisKeys({ globalKeyprefix: prefix, prioritySteps, db }?: {
    globalKeyprefix?: string;
    prioritySteps?: readonly number[];
    db?: number;
}): Keys;
/**
 * The prefix of the keys of results. Celery's rule for `global_keyprefix` differs from that for the broker's keys, which
 * use it unchanged (`BaseKeyValueStoreBackend._add_global_keyprefix`).
 *
 * @param {string} [globalKeyprefix]
 * @returns {string} the task's id follows
 */
export declare function resultKeyPrefix(globalKeyprefix?: string): string;
/**
 * The same for groups.
 *
 * @param {string} [globalKeyprefix]
 * @returns {string} the group's id follows
 */
export declare function groupKeyPrefix(globalKeyprefix?: string): string;
/**
 * @param {Pick<Keys, "unacked" | "unackedIndex" | "leases" | "deliveries" | "counted" | "started">} keys
 * @returns {string[]} where a held message may leave traces, as `settle`, `bury` and `restore` begin their KEYS
 */
export declare function keysOfHeld({ unacked, unackedIndex, leases, deliveries, counted, started }: Pick<Keys, "unacked" | "unackedIndex" | "leases" | "deliveries" | "counted" | "started">): string[];
/**
 * @param {number} priority 0 to 9; anything else is limited to that, as kombu does
 * @param {readonly number[]} steps ascending
 * @returns {number} the step whose list a message of this priority is in
 */
export declare function stepOf(priority: number, steps: readonly number[]): number;
