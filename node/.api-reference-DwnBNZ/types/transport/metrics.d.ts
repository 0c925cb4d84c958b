/** What `/metrics` answers: the event loop's figures, those of the thread that answers, and those of the broker. */
import { Figures } from "./figures.js";
export type SharedFigures = {
    cells: Float64Array;
    series: readonly import("./figures.js").Series[];
    /**
     * the host's name, of the worker's own name
     */
    hostname: string;
};
/**
 * @typedef {object} SharedFigures what the event loop's thread hands over
 * @property {Float64Array} cells
 * @property {readonly import("./figures.js").Series[]} series
 * @property {string} hostname the host's name, of the worker's own name
 */
export declare class Metrics {
    #private;
    hostname: string;
    /**
     * @param {SharedFigures} shared
     * @param {object} parts
     * @param {import("./vitals.js").Vitals} parts.vitals
     * @param {() => boolean} parts.isReady
     * @param {() => boolean} parts.isConnected
     * @param {() => Promise<Figures>} parts.measure asks the broker about the queues
     */
    constructor(shared: SharedFigures, parts: {
        vitals: import("./vitals.js").Vitals;
        isReady: () => boolean;
        isConnected: () => boolean;
        measure: () => Promise<Figures>;
    });
    /** Shows a new series of the event loop. @param {import("./figures.js").Series} series */
    show(series: import("./figures.js").Series): void;
    /**
     * @param {"renewed" | "lost" | "restored"} what
     * @param {number} count
     */
    add(what: "renewed" | "lost" | "restored", count: number): void;
    /** @returns {Promise<{ contentType: string, text: string }>} */
    answer(): Promise<{
        contentType: string;
        text: string;
    }>;
}
