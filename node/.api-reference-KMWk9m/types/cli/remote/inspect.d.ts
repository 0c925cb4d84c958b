/** @type {import("../command.js").Command} */
export declare const INSPECT: import("../command.js").Command;
