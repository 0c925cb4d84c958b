/**
 * Which task is running here: Celery's `current_task`. The worker runs every task inside `taskStorage.run`, and whatever the
 * task calls, awaits or schedules finds its own execution again, however many tasks share the process.
 */
import { AsyncLocalStorage } from "node:async_hooks";
export type CurrentTask = {
    /**
     * what it reads as `self.request`
     */
    context: {
        id: string;
        rootId?: string | null;
        deliveryInfo?: {
            priority?: unknown;
        };
    };
    /**
     * results of the tasks that it sent, in order (`request.children`)
     */
    children: unknown[];
    /**
     * what is on its way and has to arrive before the task's own message is acknowledged
     */
    sends?: Promise<unknown>[];
    /**
     * the app that the task belongs to
     */
    app?: unknown;
    /**
     * true for a task that ended before it started
     */
    neverRan?: boolean;
    /**
     * repeats an operation until the server has done it:
     * what follows a task that has ended
     */
    persist?: <T>(operation: () => Promise<T>) => Promise<T>;
};
/**
 * What a running task hands on to the tasks that it sends.
 *
 * @typedef {object} CurrentTask
 * @property {{ id: string, rootId?: string | null, deliveryInfo?: { priority?: unknown } }} context what it reads as `self.request`
 * @property {unknown[]} children results of the tasks that it sent, in order (`request.children`)
 * @property {Promise<unknown>[]} [sends] what is on its way and has to arrive before the task's own message is acknowledged
 * @property {unknown} [app] the app that the task belongs to
 * @property {boolean} [neverRan] true for a task that ended before it started
 * @property {<T>(operation: () => Promise<T>) => Promise<T>} [persist] repeats an operation until the server has done it:
 *   what follows a task that has ended
 */
/**
 * `taskStorage.run(execution, fn)`: the execution is current in `fn` and in everything that it starts.
 *
 * @type {AsyncLocalStorage<CurrentTask>}
 */
export declare const taskStorage: AsyncLocalStorage<CurrentTask>;
/** @returns {CurrentTask | null} the task that this code is part of; null outside of tasks */
export declare function currentTask(): CurrentTask | null;
/** Celery's rule (`celery.result.assert_will_not_block`): workers that wait for tasks that wait for workers never end. */
export declare function refuseInsideTask(): void;
