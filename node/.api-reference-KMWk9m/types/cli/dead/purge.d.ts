export type DeadLetters = import("../../transport/transport.js").DeadLetters;
/** @typedef {import("../../transport/transport.js").DeadLetters} DeadLetters */
/** @type {import("../command.js").Command} */
export declare const purge: import("../command.js").Command;
