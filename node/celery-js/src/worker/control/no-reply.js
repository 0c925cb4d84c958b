/** What a command returns that is not answered. */
export const NO_REPLY = Symbol("no reply");
