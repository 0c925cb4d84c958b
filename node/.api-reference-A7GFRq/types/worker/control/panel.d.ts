export type ControlCommand = {
    name: string;
    /**
     * an inspection changes nothing
     */
    type: "control" | "inspect";
    /**
     * an older name
     */
    alias?: string;
    /**
     * arguments that have to be there
     */
    required?: readonly string[];
    /**
     * arguments that may be there
     */
    optional?: readonly string[];
    /**
     * what an argument takes, where another value would do harm;
     * an optional one takes `null` as well
     */
    kinds?: Readonly<Record<string, import("../../validation/kinds.js").Kind>>;
    /**
     * whether it takes arguments that it does not know, and passes them over
     */
    isOpen?: boolean;
    /**
     * may return a promise
     */
    run: (state: import("./state.js").ControlState, args: any) => unknown;
};
/**
 * @typedef {object} ControlCommand
 * @property {string} name
 * @property {"control" | "inspect"} type an inspection changes nothing
 * @property {string} [alias] an older name
 * @property {readonly string[]} [required] arguments that have to be there
 * @property {readonly string[]} [optional] arguments that may be there
 * @property {Readonly<Record<string, import("../../validation/kinds.js").Kind>>} [kinds] what an argument takes, where another value would do harm;
 *   an optional one takes `null` as well
 * @property {boolean} [isOpen] whether it takes arguments that it does not know, and passes them over
 * @property {(state: import("./state.js").ControlState, args: any) => unknown} run may return a promise
 */
export declare class Panel {
    #private;
    /** @param {Iterable<ControlCommand>} custom commands of the app, which come before Celery's */
    constructor(custom: Iterable<ControlCommand>);
    /** @param {string} name @returns {ControlCommand | undefined} */
    get(name: string): ControlCommand | undefined;
}
/**
 * @param {ControlCommand} command
 * @param {Record<string, unknown>} args
 * @throws {TypeError} when one is missing, is not known, or is of the wrong kind
 */
export declare function checkArguments({ name, required, optional, kinds, isOpen }: ControlCommand, args: Record<string, unknown>): void;
