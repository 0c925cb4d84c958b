export type Execution = {
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
/** @returns {Execution | null} the execution that this code is part of; null outside of tasks */
export declare function currentExecution(): Execution | null;
/**
 * @template T
 * @param {Execution} execution
 * @param {() => T} fn
 * @returns {T} what `fn` returns; the execution stays current in everything that `fn` starts
 */
export declare function runInExecution<T>(execution: Execution, fn: () => T): T;
/** Celery's rule (`celery.result.assert_will_not_block`): workers that wait for tasks that wait for workers never end. */
export declare function refuseInsideTask(): void;
