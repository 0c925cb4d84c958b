/** The return value of a command that sends no answer. */
export declare const NO_REPLY: unique symbol;
