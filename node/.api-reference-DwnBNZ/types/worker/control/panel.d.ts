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
     * arguments that must be given
     */
    required?: readonly string[];
    /**
     * arguments that may be given
     */
    optional?: readonly string[];
    /**
     * the kinds of arguments for which
     * another value would cause faults; an optional one takes `null` as well
     */
    kinds?: Readonly<Record<string, import("../../validation/kinds.js").Kind>>;
    /**
     * whether it accepts and ignores unknown arguments
     */
    isOpen?: boolean;
    /**
     * may return a promise
     */
    run: (state: import("./state.js").ControlState, args: Arguments) => unknown;
};
export type Arguments = Record<string, any>;
/**
 * @typedef {object} ControlCommand
 * @property {string} name
 * @property {"control" | "inspect"} type an inspection changes nothing
 * @property {string} [alias] an older name
 * @property {readonly string[]} [required] arguments that must be given
 * @property {readonly string[]} [optional] arguments that may be given
 * @property {Readonly<Record<string, import("../../validation/kinds.js").Kind>>} [kinds] the kinds of arguments for which
 *   another value would cause faults; an optional one takes `null` as well
 * @property {boolean} [isOpen] whether it accepts and ignores unknown arguments
 * @property {(state: import("./state.js").ControlState, args: Arguments) => unknown} run may return a promise
 */
/** @typedef {Record<string, any>} Arguments checked by `kinds`, or by the command itself */
export declare class Panel {
    #private;
    /** @param {Iterable<ControlCommand>} custom commands of the app, which come before Celery's */
    constructor(custom: Iterable<ControlCommand>);
    /**
     * @param {string} name
     * @returns {ControlCommand | undefined}
     */
    get(name: string): ControlCommand | undefined;
}
/**
 * @param {ControlCommand} command
 * @param {Record<string, unknown>} args
 * @throws `TypeError` when one is missing, is not known, or is of the wrong kind
 */
export declare function checkArguments({ name, required, optional, kinds, isOpen }: ControlCommand, args: Record<string, unknown>): void;
