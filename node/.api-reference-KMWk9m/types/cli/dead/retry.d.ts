export type DeadLetter = import("./selection.js").DeadLetter;
export type DeadLetters = import("../../transport/transport.js").DeadLetters;
export type Tally = {
    retried: Map<string, number>;
    refused: number;
};
/**
 * @typedef {import("./selection.js").DeadLetter} DeadLetter
 * @typedef {import("../../transport/transport.js").DeadLetters} DeadLetters
 * @typedef {{ retried: Map<string, number>, refused: number }} Tally `retried`: how many of each queue
 */
/** @type {import("../command.js").Command} */
export declare const retry: import("../command.js").Command;
