/** @type {readonly import("../panel.js").ControlCommand[]} */
export declare const INSPECT_WORKER: readonly import("../panel.js").ControlCommand[];
