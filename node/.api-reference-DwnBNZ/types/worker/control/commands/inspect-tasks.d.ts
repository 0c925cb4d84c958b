export type ControlCommand = import("../panel.js").ControlCommand;
/** @type {readonly ControlCommand[]} */
export declare const INSPECT_TASKS: readonly ControlCommand[];
