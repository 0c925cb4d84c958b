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
 * @returns {{ exchange: string, routingKey: string, exchangeType: string } | null} where it is bound; null: as any other queue
 */
export declare function bindingOf(taskQueues: TaskQueues | null, name: string): {
    exchange: string;
    routingKey: string;
    exchangeType: string;
} | null;
