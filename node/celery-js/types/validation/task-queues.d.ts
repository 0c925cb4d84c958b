export type TaskQueue = {
    name: string;
    /**
     * default: the queue's name
     */
    exchange?: string;
    /**
     * default: that of the broker's other queues
     */
    exchangeType?: "topic" | "direct";
    /**
     * default: the queue's name
     */
    routingKey?: string;
};
export type TaskQueues = ReadonlyArray<string | TaskQueue>;
export type Place = {
    exchange: string;
    routingKey: string;
    exchangeType: string;
};
/** @type {import("./kinds.js").Kind<TaskQueues>} */
export declare const QUEUES: import("./kinds.js").Kind<TaskQueues>;
/**
 * @param {{ taskQueues: TaskQueues | null, taskDefaultQueue: string }} settings
 * @returns {string[]} their names; without the setting, that of the default queue
 */
export declare const queueNames: ({ taskQueues, taskDefaultQueue }: {
    taskQueues: TaskQueues | null;
    taskDefaultQueue: string;
}) => string[];
/**
 * @param {TaskQueues | null} taskQueues
 * @param {string} name
 * @returns {Place | null} where it is bound; null: as any other queue
 */
export declare function bindingOf(taskQueues: TaskQueues | null, name: string): Place | null;
/**
 * @param {string} name of a queue
 * @param {{ exchange?: string | null, routingKey?: string | null, exchangeType?: string | null }} [given]
 * @returns {Place} by Celery's defaults
 */
export declare const placeOf: (name: string, { exchange, routingKey, exchangeType }?: {
    exchange?: string | null;
    routingKey?: string | null;
    exchangeType?: string | null;
}) => Place;
/**
 * A queue of a fanout exchange would belong to one worker, and get a copy of each message. Node workers consume none.
 *
 * @param {string} queue
 * @param {string} exchangeType that a setting or a command names for it
 * @throws {ImproperlyConfigured} for another type than direct and topic
 */
export declare function checkExchangeType(queue: string, exchangeType: string): void;
