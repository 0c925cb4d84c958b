export type Published = {
    /**
     * of the task
     */
    name: string;
    /**
     * whose headers, properties and body a receiver may change
     */
    message: import("../protocol/message.js").Message;
    address: {
        exchange: string;
        routingKey: string;
    };
    /**
     * null if nothing is traced
     */
    endSpan: import("./publish-span.js").EndSpan | null;
};
/**
 * Called before a message is encoded and sent. Messages are sent in the order of their calls, so a receiver can change a message
 * only before its first `await`.
 *
 * @param {Published} published
 * @param {() => import("../validation/retry-policy.js").RetryPolicy} policy how its sending is repeated
 */
export declare function beforePublish(published: Published, policy: () => import("../validation/retry-policy.js").RetryPolicy): void;
/**
 * Ends the span, counts the message, and sends the signal once the broker has it.
 *
 * @template T
 * @param {Promise<T>} sending
 * @param {Published} published
 * @returns {Promise<T>} the same promise without receivers, spans and counters
 */
export declare function afterPublish<T>(sending: Promise<T>, published: Published): Promise<T>;
