/**
 * The commands of remote control that a command line can send, and how it takes their arguments (`Panel.meta` of
 * celery.worker.control). A conformance test compares them with Celery's own list.
 */
export type RemoteCommand = {
    /**
     * an inspection changes nothing
     */
    type: "control" | "inspect";
    /**
     * one sentence
     */
    help: string;
    /**
     * its arguments, as `--list` shows them
     */
    signature?: string;
    /**
     * by position
     */
    args?: readonly import("../../app/control-command.js").CommandArgument[];
    /**
     * the argument that takes all further words
     */
    variadic?: string;
};
/**
 * @param {readonly import("../../app/control-command.js").OwnCommand[]} custom those of an app, which come before Celery's
 * @returns {Map<string, RemoteCommand>} by name, in the order of the alphabet
 */
export declare function catalogue(custom: readonly import("../../app/control-command.js").OwnCommand[]): Map<string, RemoteCommand>;
