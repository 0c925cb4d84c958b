/** @type {import("../command.js").Command} */
export declare const CONTROL: import("../command.js").Command;
