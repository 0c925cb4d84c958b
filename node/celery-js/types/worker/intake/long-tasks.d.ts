export declare class LongTasks {
    #private;
    /** Longer time limits are warned of, in seconds. */
    limitS: number;
    /**
     * @param {import("../../transport/transport.js").HoldLimit | null} holdLimit of the broker
     * @param {import("../observers/log.js").Logger} log
     */
    constructor(holdLimit: import("../../transport/transport.js").HoldLimit | null, log: import("../observers/log.js").Logger);
    /**
     * At the start of a worker, for the limits of its app and of each task.
     *
     * @param {Pick<import("../model/types.js").WorkerApp, "settings" | "tasks">} app
     */
    warnAtStart({ settings: { taskTimeLimit }, tasks }: Pick<import("../model/types.js").WorkerApp, "settings" | "tasks">): void;
    /** @param {import("../../execution/request.js").Request} request with a longer time limit, which its sender may have set */
    warnOf(request: import("../../execution/request.js").Request): void;
}
