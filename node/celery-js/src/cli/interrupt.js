/** Ends a command on SIGINT and SIGTERM without leaving anything behind on the broker. */
import { constants } from "node:os";
import { CommandError } from "./command.js";

/** Raised by the first signal; the next one kills the process at once. The exit code is the shell's: 130 or 143. */
export class InterruptedError extends CommandError {
  /** @param {"SIGINT" | "SIGTERM"} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {(reason: InterruptedError) => void} interrupt makes `work` reject with the reason
 * @returns {Promise<T>}
 * @throws {InterruptedError} after a signal
 */
export async function interruptible(work, interrupt) {
  const onSignal = (/** @type {"SIGINT" | "SIGTERM"} */ signal) => interrupt(new InterruptedError(signal));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return await work();
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
