/** @param {import("./state.js").ControlState} state */
export declare function statsOf(state: import("./state.js").ControlState): {
    total: Record<string, number>;
    pid: number;
    clock: string;
    uptime: number;
    pool: {
        implementation: string;
        "max-concurrency": number;
        processes: number[];
        threads: number;
        zombies: number;
        concurrency: Partial<import("../pools/slots.js").PerPool>;
        "max-tasks-per-child": string | number;
        "put-guarded-by-semaphore": boolean;
        timeouts: number[];
        writes: string;
    };
    autoscaler?: object | undefined;
    broker: Record<string, unknown>;
    prefetch_count: number;
    rusage: object;
};
