export type DeadLetters = import("../../transport/redis/dead-letters.js").DeadLetters;
/** @typedef {import("../../transport/redis/dead-letters.js").DeadLetters} DeadLetters */
/** @type {import("../command.js").Command} */
export declare const purge: import("../command.js").Command;
