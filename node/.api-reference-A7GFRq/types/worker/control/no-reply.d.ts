/** What a command returns that is not answered. */
export declare const NO_REPLY: unique symbol;
