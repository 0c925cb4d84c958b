/** @type {readonly import("../panel.js").ControlCommand[]} */
export declare const TASKS: readonly import("../panel.js").ControlCommand[];
