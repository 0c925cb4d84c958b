/** What `--help` prints, in the manner of Celery's command line. */
/**
 * @param {string[]} path the command's name, after those of its parent commands
 * @param {import("./command.js").Command} command
 * @returns {string}
 */
export declare function helpText(path: string[], { summary, options, args, commands }: import("./command.js").Command): string;
/**
 * @param {string} name
 * @param {Pick<import("./command.js").Option, "short" | "metavar">} option
 * @returns {string} such as `-Q, --queues NAMES`
 */
export declare const optionText: (name: string, { short, metavar }: Pick<import("./command.js").Option, "short" | "metavar">) => string;
