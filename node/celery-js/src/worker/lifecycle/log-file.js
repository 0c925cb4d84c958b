/**
 * A log file as Python's WatchedFileHandler keeps it: lines are appended, and once somebody has moved or deleted the file, as
 * logrotate does, the next line begins a new one. Guarantee: a log that cannot be written stops no task.
 */
import { closeSync, fstatSync, openSync, statSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { ImproperlyConfigured } from "../../errors.js";

export class LogFile extends Writable {
  #path;
  #file;

  /** @param {string} path @throws {ImproperlyConfigured} when it cannot be opened */
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

  /** At once, as the last line before a process ends is the one that is looked for. @override @param {string} text */
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
