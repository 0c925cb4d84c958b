/** Keeps messages until their near eta, with a heap and one timer for any number of them. */
export type Entry<T> = {
    atMs: number;
    item: T;
};
/**
 * @template T
 * @typedef {{ atMs: number, item: T }} Entry
 */
/** @template T */
export declare class EtaTimer<T> {
    #private;
    /** @param {(item: T) => void} onDue called for each item when its time has come */
    constructor(onDue: (item: T) => void);
    get size(): number;
    /** @returns {T[]} in no order */
    get items(): T[];
    /**
     * @param {number} atMs epoch
     * @param {T} item
     */
    add(atMs: number, item: T): void;
    /** @param {(item: T) => boolean} isKept returns false for what to forget */
    keep(isKept: (item: T) => boolean): void;
    /** @returns {T[]} everything that is still held; the timer is empty afterwards */
    clear(): T[];
}
