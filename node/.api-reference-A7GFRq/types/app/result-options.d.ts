export type GetOptions = import("./result.js").GetOptions;
/**
 * @param {unknown} options
 * @param {string} label such as "get()"
 * @returns {GetOptions} those that were given
 * @throws {TypeError} as `methodOptions`
 */
export declare const getOptions: (options: unknown, label: string) => GetOptions;
/** @param {unknown} options @returns {GetOptions & { intermediate?: boolean }} @throws {TypeError} as `methodOptions` */
export declare const collectOptions: (options: unknown) => GetOptions & {
    intermediate?: boolean;
};
/** @param {unknown} options @returns {import("./result.js").RevokeOptions} @throws {TypeError} as `methodOptions` */
export declare const revokeOptions: (options: unknown) => import("./result.js").RevokeOptions;
