/**
 * The state that a worker's event loop shows to the side thread, in shared memory. It is written once per turn of a
 * timer, whatever the worker does: no task pays for it.
 */
/** Phases of a worker's life, by the number that stands for each in shared memory. */
declare const PHASES: readonly ["starting", "consuming", "stopping"];
export type Phase = (typeof PHASES)[number];
export type Snapshot = {
    phase: Phase;
    /**
     * tasks
     */
    running: number;
    /**
     * slots
     */
    free: number;
    /**
     * how long the broker has answered no `take`, although there was room
     */
    untakenMs: number;
};
/** @returns {number} ms of a monotonic clock, the same in all threads of the process */
export declare const monotonicMs: () => number;
export declare class Vitals {
    #private;
    /** To be passed to another thread. */
    cells: BigInt64Array<ArrayBufferLike>;
    /** @param {BigInt64Array} [cells] the memory of another thread's `Vitals` */
    constructor(cells?: BigInt64Array);
    /** Shows that the event loop turns, and what it knows. @param {Snapshot} snapshot */
    show({ phase, running, free, untakenMs }: Snapshot): void;
    /** @returns {Snapshot} as it was last shown */
    get snapshot(): Snapshot;
    /** @returns {number} how long the event loop has been blocked */
    get stalledMs(): number;
}
export {};
