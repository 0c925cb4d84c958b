export type Type = import("typescript/unstable/sync").Type;
export type TypeSymbol = import("typescript/unstable/sync").Symbol;
export type Checker = import("typescript/unstable/sync").Checker;
export type Schema = import("./schema.js").Schema;
/** Reads the types of one task. Named types become definitions. */
export declare class TypeReader {
    #private;
    /** @type {Record<string, Schema>} */
    definitions: Record<string, Schema>;
    /** @param {Checker} checker */
    constructor(checker: Checker);
    /**
     * @param {Type | undefined} type
     * @returns {Schema} the schema of an argument: `undefined` means "not given", so it is not part of it
     * @throws `UndescribedError`
     */
    argument(type: Type | undefined): Schema;
    /**
     * @param {Type | undefined} type what a task's function returns, or promises
     * @returns {Schema}
     * @throws `UndescribedError`
     */
    result(type: Type | undefined): Schema;
}
