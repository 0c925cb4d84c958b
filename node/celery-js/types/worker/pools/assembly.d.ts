import { Slots } from "./slots.js";
import { ThreadPool } from "./threads.js";
import { Zombies } from "./zombies.js";
export type Pools = {
    slots: Slots;
    /**
     * null if no task runs in one
     */
    threads: ThreadPool | null;
    zombies: Zombies;
    /**
     * changes how many tasks a pool runs at a time
     */
    resize: (pool: import("./slots.js").PoolName, by: number) => void;
    /**
     * null: as it is
     */
    resizeThreads: (sizes: {
        min: number | null;
        max: number | null;
    }) => {
        min: number;
        max: number;
    };
};
/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {Pick<import("../../execution/execution.js").Services, "store" | "sendEvent">} services
 * @returns {Pools}
 * @throws {ImproperlyConfigured} for a task whose function a thread cannot import
 */
export declare function createPools({ app, hostname, log, options, threadEntry, onTooManyZombies }: import("../lifecycle/assembly.js").Plan, services: Pick<import("../../execution/execution.js").Services, "store" | "sendEvent">): Pools;
