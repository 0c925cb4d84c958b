/** @interface */
export type TaskOptions = import("./options.js").TaskOptions;
export type TaskFunction = (...args: any[]) => unknown;
export type BoundFunction = (self: import("../execution/bound-task.js").BoundTask, ...args: any[]) => unknown;
/** @typedef {import("./options.js").TaskOptions} TaskOptions */
/**
 * What `task()` accepts. Its parameters are `any` on purpose: only so may a function that is written in the call itself
 * leave its parameters unannotated under `strict`, and one with annotations keep them.
 *
 * @typedef {(...args: any[]) => unknown} TaskFunction
 */
/**
 * What `task()` accepts with `bind: true`: the types of the first parameter are those of `self`, even if it has no annotation.
 *
 * @typedef {(self: import("../execution/bound-task.js").BoundTask, ...args: any[]) => unknown} BoundFunction
 */
/** Where the options are kept on the function: a registered symbol, so that two copies of this package agree. */
declare const OPTIONS: unique symbol;
export type Bound = {
    readonly [OPTIONS]: {
        bind: true;
    };
};
export type Arguments<F extends TaskFunction> = F extends Bound ? BoundArguments<F> : Parameters<F>;
export type BoundArguments<F extends TaskFunction> = F extends (self: never, ...args: infer Args) => unknown ? Args : never;
export type Returned<F extends TaskFunction> = Awaited<ReturnType<F>>;
export declare function task<F extends BoundFunction>(options: TaskOptions & {
    bind: true;
}, fn: F): F & Bound;
export declare function task<F extends TaskFunction>(options: TaskOptions, fn: F): F;
export declare function task<F extends TaskFunction>(fn: F): F;
/**
 * The options that `task()` attached.
 *
 * @param {unknown} fn
 * @returns {Readonly<TaskOptions> | null} null for a function that `task()` has not seen
 */
export declare function taskOptions(fn: unknown): Readonly<TaskOptions> | null;
export {};
