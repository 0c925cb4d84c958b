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
 * @typedef {object} Pools
 * @property {Slots} slots
 * @property {ThreadPool | null} threads null if no task runs in one
 * @property {Zombies} zombies
 * @property {(pool: import("./slots.js").PoolName, by: number) => void} resize changes how many tasks a pool runs at a time
 * @property {(sizes: { min: number | null, max: number | null }) => { min: number, max: number }} resizeThreads null: as it is
 */
/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {(taskId: string, result: string) => Promise<boolean>} store
 * @returns {Pools}
 * @throws `ImproperlyConfigured` for a task whose function a thread cannot import
 */
export declare function createPools({ app, hostname, log, options, threadEntry, onTooManyZombies }: import("../lifecycle/assembly.js").Plan, store: (taskId: string, result: string) => Promise<boolean>): Pools;
