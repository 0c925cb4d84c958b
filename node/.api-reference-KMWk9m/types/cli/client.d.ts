export type Celery = import("../app/celery.js").Celery;
/** @typedef {import("../app/celery.js").Celery} Celery */
/** @satisfies {Record<string, import("./command.js").Option>} */
export declare const JSON_OUTPUT: {
    readonly json: {
        readonly type: "boolean";
        readonly help: "Print JSON.";
    };
};
/**
 * Opens the app that a command line names, and closes it.
 *
 * @template T
 * @param {import("./command.js").Call} call
 * @param {(app: Celery) => Promise<T>} body
 * @returns {Promise<T>}
 */
export declare function withClient<T>({ values }: import("./command.js").Call, body: (app: Celery) => Promise<T>): Promise<T>;
/**
 * @param {readonly string[]} args of a command that takes one
 * @param {string} name what its help calls it
 * @returns {string}
 * @throws `UsageError` in the words of Celery's command line, when it is missing or not alone
 */
export declare function onlyArgument([first, ...rest]: readonly string[], name: string): string;
