export type Args = readonly unknown[];
export type Writer = (args: Args) => string | null;
/**
 * @param {string} excModule
 * @param {string} excType
 * @param {Args} args
 * @returns {string} never empty
 */
export declare function exceptionText(excModule: string, excType: string, args: Args): string;
