/** @type {import("../command.js").Command} */
export declare const EVENTS: import("../command.js").Command;
