export type Execution = import("../../execution/execution.js").Execution;
export type CrossingError = import("./crossing.js").CrossingError;
export type Assignment = {
    delivery: import("../../transport/transport.js").Delivery;
    timeLimits: [number | null, number | null];
    /**
     * headers with the context of its span; none if nothing is traced
     */
    trace: Record<string, string>;
};
export type Done = {
    /**
     * what it returned, as JSON
     */
    text: string | null;
    /**
     * it returned the result of a task or a group, and `text` is its tuple
     */
    isResult: boolean;
    /**
     * what it threw
     */
    error: CrossingError | null;
    /**
     * why one of its messages could not be sent
     */
    unsent: CrossingError | null;
    /**
     * the results of the tasks that it sent, as tuples
     */
    children: unknown[];
    /**
     * that the thread uses now: heap and external
     */
    memoryBytes: number;
    /**
     * it can run no more tasks, after an error of unknown origin
     */
    isBroken: boolean;
};
export type ThreadMessage = {
    ready?: true;
    /**
     * why it cannot start
     */
    unusable?: CrossingError;
    done?: Done;
    /**
     * number 0: no answer is wanted; `of`: the number
     * of the delivery whose task asks, null if that is not known
     */
    ask?: {
        number: number;
        of: number | null;
        op: string;
        args: import("./crossing.js").Crossed[];
    };
    /**
     * number of an `ask`
     */
    cancel?: number;
    /**
     * which task has called `process.exit()`, which ends the thread
     */
    exit?: {
        code: number;
        task: string;
        id: string;
    };
    /**
     * an error of a task that has ended
     */
    stray?: {
        kind: string;
        task: string;
        id: string;
        error: CrossingError;
    };
};
export type Fate = {
    onReady: () => void;
    /**
     * called when it may run the next one
     */
    onFree: (thread: Thread, done: Done) => void;
    onStray: (stray: NonNullable<ThreadMessage["stray"]>) => void;
    /**
     * called once, when it has ended,
     * with the reason
     */
    onGone: (thread: Thread, error: Error, hadStarted: boolean, exit: ThreadMessage["exit"]) => void;
};
export declare class Thread {
    #private;
    /** The number of tasks that it was given. */
    tasks: number;
    isReady: boolean;
    idleSinceMs: number;
    /**
     * @param {URL} entry the module that it runs
     * @param {import("node:worker_threads").WorkerOptions} options
     * @param {import("./thread-services.js").Serve} serve
     * @param {Fate} fate
     */
    constructor(entry: URL, options: import("node:worker_threads").WorkerOptions, serve: import("./thread-services.js").Serve, fate: Fate);
    /** @returns {boolean} */
    get isBusy(): boolean;
    /**
     * Runs a task. One that waits for the thread to be ready runs as soon as it is.
     *
     * @param {Execution} execution
     * @returns {Promise<unknown>} what the task returns; rejects with what it throws, or with a `WorkerLostError`
     */
    run(execution: Execution): Promise<unknown>;
    /** Passes on the soft time limit: to a task that checks it, and to listeners once the task pauses. */
    abort(): void;
    /** Ends the thread, whatever it does. This does not settle its task. @returns {Promise<unknown>} */
    end(): Promise<unknown>;
    /** Ends the thread, which has no task, once it has sent `workerProcessShutdown`. @returns {Promise<unknown>} */
    shutDown(): Promise<unknown>;
}
