/** @type {import("./command.js").Command} */
export declare const PURGE: import("./command.js").Command;
