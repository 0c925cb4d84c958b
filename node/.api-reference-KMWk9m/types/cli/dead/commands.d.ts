/** @type {import("../command.js").Command} */
export declare const DEAD: import("../command.js").Command;
