export type Figures = import("./figures.js").Figures;
export type FamilyName = import("./figures.js").FamilyName;
/** @typedef {import("./figures.js").Figures} Figures */
/** @typedef {import("./figures.js").FamilyName} FamilyName */
export declare const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
/**
 * @param {readonly Figures[]} sources
 * @param {string} hostname the label of all that is the worker's own
 * @returns {string}
 */
export declare function writeFigures(sources: readonly Figures[], hostname: string): string;
