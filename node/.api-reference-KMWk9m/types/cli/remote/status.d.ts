/** @type {import("../command.js").Command} */
export declare const STATUS: import("../command.js").Command;
