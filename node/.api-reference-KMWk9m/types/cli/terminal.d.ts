/** The codes of colours and styles on a terminal (ANSI's SGR parameters). */
export declare const BOLD = 1;
export declare const RED = 31;
export declare const GREEN = 32;
export declare const CYAN = 36;
export declare const WHITE = 37;
export declare class Terminal {
    #private;
    /** Whether what is printed may be coloured: on a terminal, unless NO_COLOR is set. */
    isColored: boolean;
    /** Whether the output is still read; for commands that do not end by themselves. */
    isRead: boolean;
    /** @param {Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env">} streams */
    constructor(streams: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env">);
    /**
     * @param {string} text
     * @returns {0} the exit code of a command that has no more to do
     */
    print(text: string): 0;
    /** @param {string} text */
    error(text: string): void;
    /**
     * @param {string} text
     * @returns {string}
     */
    bold(text: string): string;
    /**
     * @param {string} text
     * @returns {string}
     */
    red(text: string): string;
    /**
     * @param {string} text
     * @param {...number} codes of colours and the like, such as `RED`
     * @returns {string} the text as it is where nothing is coloured
     */
    styled(text: string, ...codes: number[]): string;
    /** @returns {boolean} whether a person can answer */
    get canAsk(): boolean;
    /**
     * @param {string} question
     * @returns {Promise<boolean>} false for anything but a yes, and without a terminal
     */
    confirm(question: string): Promise<boolean>;
}
