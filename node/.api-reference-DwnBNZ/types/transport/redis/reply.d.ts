/**
 * @param {import("ioredis").Redis} client
 * @param {import("./keys.js").Keys} keys
 * @param {import("../../protocol/pidbox.js").ReplyAddress} address
 * @param {string} text
 * @returns {Promise<boolean>} false when the queue is gone
 */
export declare function sendReply(client: import("ioredis").Redis, keys: import("./keys.js").Keys, { exchange, routingKey }: import("../../protocol/pidbox.js").ReplyAddress, text: string): Promise<boolean>;
