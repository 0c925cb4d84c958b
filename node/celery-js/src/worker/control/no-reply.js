/** The return value of a command that sends no answer. */
export const NO_REPLY = Symbol("no reply");
