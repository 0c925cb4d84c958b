/**
 * A log file like that of Python's WatchedFileHandler: lines are appended, and after the file was moved or deleted
 * (logrotate), the next line begins a new one. Guarantee: a log that cannot be written does not affect tasks.
 */
import { closeSync, fstatSync, openSync, statSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { ImproperlyConfigured } from "../../errors.js";

export class LogFile extends Writable {
  #path;
  #file;

  /**
   * @param {string} path
   * @throws {ImproperlyConfigured} when it cannot be opened
   */
  constructor(path) {
    super({ decodeStrings: false });
    this.#path = resolve(path);
    try {
      this.#file = openSync(this.#path, "a");
    } catch (error) {
      const reason = /** @type {Error} */ (error).message;
      throw new ImproperlyConfigured(`logfile: ${reason}`, { cause: error });
    }
  }

  /**
   * Writes synchronously, because the last line before a process ends is the one that matters.
   *
   * @override
   * @param {string} text
   */
  _write(text, /** @type {BufferEncoding} */ _encoding, /** @type {() => void} */ done) {
    try {
      this.#reopenIfMoved();
      writeSync(this.#file, text);
    } catch {
      process.stderr.write(text);
    }
    done();
  }

  #reopenIfMoved() {
    const ours = fstatSync(this.#file);
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (there?.ino === ours.ino && there.dev === ours.dev) return;
    const file = openSync(this.#path, "a");
    closeSync(this.#file);
    this.#file = file;
  }
}
