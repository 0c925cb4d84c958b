export type Style = {
    text: (text: string, maxLength: number) => string;
    bytes: (bytes: Uint8Array, maxLength: number) => string;
};
/**
 * @typedef {object} Style how texts and bytes are quoted
 * @property {(text: string, maxLength: number) => string} text
 * @property {(bytes: Uint8Array, maxLength: number) => string} bytes
 */
/** `saferepr`'s: cut, and hardly escaped. @type {Style} */
export declare const SHORT: Style;
/** `repr()`'s: complete. @type {Style} */
export declare const COMPLETE: Style;
/** Writes token after token and counts them against a budget, as Celery's token stream does. */
export declare class ReprWriter {
    #private;
    text: string;
    left: number;
    maxLevels: number;
    /** Set once the budget is spent: only the brackets that are open are still written. */
    isCut: boolean;
    /** @type {object[]} The containers around the present value. */
    ancestors: object[];
    style: Style;
    /**
     * @param {number} maxLength
     * @param {number} maxLevels
     * @param {Style} style
     */
    constructor(maxLength: number, maxLevels: number, style?: Style);
    /**
     * @param {unknown} value
     * @returns {this}
     */
    write(value: unknown): this;
    /**
     * @param {readonly unknown[]} items
     * @param {string} open
     * @param {string} close
     */
    writeSequence(items: readonly unknown[], open: string, close: string): this;
}
