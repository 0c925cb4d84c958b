export type CommandArgument = readonly [name: string, read?: (text: string) => unknown];
export type CommandOptions = {
    /**
     * "inspect" for a command that changes nothing; default "control"
     */
    type?: "control" | "inspect";
    /**
     * one sentence, for `--list`
     */
    help?: string;
    /**
     * its arguments as `--list` shows them, such as `"[N=1]"`
     */
    signature?: string;
    /**
     * what the command line takes, by position
     */
    args?: readonly (string | CommandArgument)[];
    /**
     * the argument that takes all further words, as a list
     */
    variadic?: string;
};
export type Described = Omit<CommandOptions, "type" | "args"> & {
    name: string;
    type: "control" | "inspect";
    args: CommandArgument[];
};
export type OwnCommand = import("../worker/control/panel.js").ControlCommand & Described;
/**
 * @param {string} name as Celery's tools call it
 * @param {OwnCommand["run"]} run
 * @param {CommandOptions} options
 * @returns {OwnCommand}
 * @throws {TypeError} when the name is not a string, `run` is not a function, or an option is unknown or of the wrong kind
 */
export declare function ownCommand(name: string, run: OwnCommand["run"], options: CommandOptions): OwnCommand;
