export type Project = import("typescript/unstable/sync").Project;
export type TypeSymbol = import("typescript/unstable/sync").Symbol;
export type Signature = import("typescript/unstable/sync").Signature;
/**
 * @typedef {import("typescript/unstable/sync").Project} Project
 * @typedef {import("typescript/unstable/sync").Symbol} TypeSymbol
 * @typedef {import("typescript/unstable/sync").Signature} Signature
 */
/** An exported task, as TypeScript sees it. */
export declare class TypedExport {
    #private;
    /** @type {Signature | undefined} */
    signature: Signature | undefined;
    /** @param {Project} project @param {TypeSymbol} symbol */
    constructor(project: Project, symbol: TypeSymbol);
    /** @returns {{ doc: string, deprecated: string }} empty where the comment does not say it */
    get comment(): {
        doc: string;
        deprecated: string;
    };
    /**
     * @param {number} [parameter] the index of the function's parameter
     * @returns {number} a line, from 1
     */
    lineOf(parameter?: number): number;
}
/**
 * @param {string} tsconfig path of the project's own one, whose options hold for the task files too
 * @param {readonly string[]} files absolute paths
 * @returns {{ project: Project, exportsOf: (file: string) => Map<string, TypedExport>, close: () => void }}
 */
export declare function openTypes(tsconfig: string, files: readonly string[]): {
    project: Project;
    exportsOf: (file: string) => Map<string, TypedExport>;
    close: () => void;
};
