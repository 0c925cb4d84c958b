/** @type {import("./command.js").Command} */
export declare const RESULT: import("./command.js").Command;
