export type Place = {
    /**
     * absolute path
     */
    file: string;
    /**
     * from 1
     */
    line: number;
    /**
     * from 1
     */
    column: number;
};
export type ImportPlace = {
    /**
     * as it is written
     */
    specifier: string;
    /**
     * the URL that it leads to; null for a package
     */
    target: string | null;
    place: Place;
};
export type ParsedModule = {
    imports: ImportPlace[];
    syntaxError: Place | null;
};
/**
 * @typedef {object} Place
 * @property {string} file absolute path
 * @property {number} line from 1
 * @property {number} column from 1
 */
/**
 * @typedef {object} ImportPlace
 * @property {string} specifier as it is written
 * @property {string | null} target the URL that it leads to; null for a package
 * @property {Place} place
 */
/**
 * @typedef {object} ParsedModule
 * @property {ImportPlace[]} imports
 * @property {Place | null} syntaxError
 */
/**
 * @param {string} file absolute path of a module
 * @returns {Promise<Place | null>} the first syntax error in it or in what it imports; null when none is found
 */
export declare function findSyntaxError(file: string): Promise<Place | null>;
/**
 * @param {string} file absolute path of a module
 * @param {string} wanted the URL or the name of the package that could not be imported
 * @returns {Promise<Place | null>} the import of it, in the module or in what it imports; null when none is found
 */
export declare function findImport(file: string, wanted: string): Promise<Place | null>;
