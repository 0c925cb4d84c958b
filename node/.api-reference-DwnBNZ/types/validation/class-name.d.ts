/** What to call an error in a sentence. */
/**
 * @param {Error} error
 * @returns {string} its class: `class GatewayError extends Error {}` leaves `name` as it is
 */
export declare function className(error: Error): string;
