/** @type {import("../command.js").Command} */
export declare const WORKER: import("../command.js").Command;
