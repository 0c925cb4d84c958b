/**
 * The running task: Celery's `current_task`. The worker runs every task inside `taskStorage.run`, and whatever the
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
     * false: its children are not kept
     */
    trail?: boolean;
    /**
     * messages being sent, which must arrive before the task's own message is acknowledged
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
     * repeats a follow-up operation until the server has done it
     */
    persist?: <T>(operation: () => Promise<T>) => Promise<T>;
    /**
     * takes one of its messages instead of the publisher
     */
    carrier?: Carrier;
};
export type Carrier = Pick<import("../transport/transport.js").Publisher, "publish"> & {
    taskId: string;
};
/**
 * `taskStorage.run(execution, fn)`: the execution is current in `fn` and in everything that it starts.
 *
 * @type {AsyncLocalStorage<CurrentTask>}
 */
export declare const taskStorage: AsyncLocalStorage<CurrentTask>;
/** @returns {CurrentTask | null} the task that this code is part of; null outside of tasks */
export declare function currentTask(): CurrentTask | null;
/**
 * Adds a result to the children of the task that sent it (Celery's `Task.add_trail`).
 *
 * @param {Pick<CurrentTask, "children" | "trail">} task
 * @param {unknown} result
 */
export declare function addTrail({ children, trail }: Pick<CurrentTask, "children" | "trail">, result: unknown): void;
/** Throws inside a task (`celery.result.assert_will_not_block`): tasks that wait for tasks can block each other forever. */
export declare function refuseInsideTask(): void;
