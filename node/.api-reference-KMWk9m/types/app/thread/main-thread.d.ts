export type Crossed = import("../../worker/pools/crossing.js").Crossed;
export type Answer = {
    number: number;
    value?: Crossed;
    error?: import("../../worker/pools/crossing.js").CrossingError;
};
export type Ask = (op: string, args: unknown[], signal?: AbortSignal) => Promise<Crossed>;
/** @typedef {import("../../worker/pools/crossing.js").Crossed} Crossed */
/** @typedef {{ number: number, value?: Crossed, error?: import("../../worker/pools/crossing.js").CrossingError }} Answer */
/** @typedef {(op: string, args: unknown[], signal?: AbortSignal) => Promise<Crossed>} Ask rejects with what the main thread's call throws */
/** @param {import("../../worker/pools/thread.js").ThreadMessage} message */
export declare const post: (message: import("../../worker/pools/thread.js").ThreadMessage) => void | undefined;
export declare class MainThread {
    #private;
    /**
     * Is on its way when this returns, also if the task never lets go of its thread.
     *
     * @param {string} op see worker/pools/thread-services.js
     * @param {unknown[]} args that structured clone can copy
     * @param {AbortSignal} [signal] ends the waiting with its reason
     * @returns {Promise<Crossed>}
     */
    ask: (op: string, args: unknown[], signal?: AbortSignal) => Promise<Crossed>;
    /**
     * @param {string} op
     * @param {unknown[]} args
     */
    send(op: string, args: unknown[]): void;
    /** @param {Answer} answer */
    receive({ number, value, error }: Answer): void;
}
