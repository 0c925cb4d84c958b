/** Where a command prints, and where it reads answers. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";

/** The codes of colours and styles on a terminal (ANSI's SGR parameters). */
export const BOLD = 1;
export const RED = 31;
export const GREEN = 32;
export const CYAN = 36;
export const WHITE = 37;

export class Terminal {
  #streams;
  #hasPrinted = false;
  /** Whether what is printed may be coloured: on a terminal, unless NO_COLOR is set. */
  isColored;
  /** Whether the output is still read; for commands that do not end by themselves. */
  isRead = true;

  /** @param {Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env">} streams */
  constructor(streams) {
    this.#streams = streams;
    this.isColored = Boolean(streams.stdout.isTTY) && !streams.env.NO_COLOR;
  }

  /**
   * @param {string} text
   * @returns {0} the exit code of a command that has no more to do
   */
  print(text) {
    this.#tolerateLeaving();
    this.#streams.stdout.write(`${text}\n`);
    return 0;
  }

  /**
   * Tolerates a reader that closes the output early, as in `celery-js dead list | head`. A worker's log does not go through here.
   */
  #tolerateLeaving() {
    if (this.#hasPrinted) return;
    this.#hasPrinted = true;
    this.#streams.stdout.on("error", (error) => {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPIPE") throw error;
      this.isRead = false;
    });
  }

  /** @param {string} text */
  error(text) {
    this.#streams.stderr.write(`${text}\n`);
  }

  /**
   * @param {string} text
   * @returns {string}
   */
  bold(text) {
    return this.styled(text, BOLD);
  }

  /**
   * @param {string} text
   * @returns {string}
   */
  red(text) {
    return this.styled(text, RED);
  }

  /**
   * @param {string} text
   * @param {...number} codes of colours and the like, such as `RED`
   * @returns {string} the text as it is where nothing is coloured
   */
  styled(text, ...codes) {
    return this.isColored ? `${codes.map((code) => `\x1b[${code}m`).join("")}${text}\x1b[0m` : text;
  }

  /** @returns {boolean} whether a person can answer */
  get canAsk() {
    return Boolean(this.#streams.stdin.isTTY);
  }

  /**
   * @param {string} question
   * @returns {Promise<boolean>} false for anything but a yes, and without a terminal
   */
  async confirm(question) {
    this.#tolerateLeaving();
    const lines = createInterface({ input: this.#streams.stdin, output: this.#streams.stdout });
    const silence = once(lines, "close").then(() => "");
    try {
      return /^y(es)?$/i.test((await Promise.race([lines.question(`${question} [y/N]: `), silence])).trim());
    } finally {
      lines.close();
    }
  }
}
