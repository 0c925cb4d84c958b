/** `self`, the first argument of a bound task: one execution, seen as the Task plus `request` and `signal`. */
export type Execution = import("./execution.js").Execution;
export type Signature = import("../canvas/types.js").AnySignature;
/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("../canvas/types.js").AnySignature} Signature
 */
/**
 * @param {Execution} execution
 * @returns {import("./bound-task.js").BoundTask}
 */
export declare function createSelf(execution: Execution): import("./bound-task.js").BoundTask;
