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
};
/**
 * @typedef {object} Published
 * @property {string} name of the task
 * @property {import("../protocol/message.js").Message} message whose headers, properties and body a receiver may change
 * @property {{ exchange: string, routingKey: string }} address
 */
/**
 * Tells of a message that is about to be written and sent. Messages are sent in the order of their calls, so that a receiver
 * cannot take its time: what it does after its first `await` comes too late for the message.
 *
 * @param {Published} published
 */
export declare function beforePublish({ name, message: { headers, properties, body }, address }: Published): void;
/**
 * Tells of a message once the broker has it.
 *
 * @template T
 * @param {Promise<T>} sending
 * @param {Published} published
 * @returns {Promise<T>} the very promise where nobody is connected
 */
export declare function afterPublish<T>(sending: Promise<T>, { name, message: { headers, body }, address: { exchange, routingKey } }: Published): Promise<T>;
