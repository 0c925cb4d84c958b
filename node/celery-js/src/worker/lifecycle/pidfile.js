/**
 * The file that says which process a worker is (celery.platforms.Pidfile). Guarantee: only one of two workers with the same file
 * starts, and a file whose process is gone does not stop a worker.
 */
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { ImproperlyConfigured, PidfileLocked } from "../../errors.js";

const MODE = 0o644;

export class Pidfile {
  #path;
  #log;
  #isOurs = false;
  #releaseAtExit = () => this.release();

  /**
   * @param {string} path
   * @param {Pick<import("../observers/log.js").Logger, "warn">} log
   */
  constructor(path, log) {
    this.#path = resolve(path);
    this.#log = log;
  }

  /**
   * Writes the file; a stale or broken one is replaced.
   *
   * @throws {PidfileLocked} when the process in it lives
   * @throws {ImproperlyConfigured} when the file cannot be written
   */
  acquire() {
    const pid = this.#otherPid();
    if (pid !== null) {
      throw new PidfileLocked(`Pidfile (${this.#path}) already exists. Seems we're already running? (pid: ${pid})`);
    }
    try {
      // "wx": of two workers that start at once, one finds the file of the other.
      const file = openSync(this.#path, "wx", MODE);
      this.#isOurs = true;
      writeSync(file, `${process.pid}\n`);
      fsyncSync(file);
      closeSync(file);
    } catch (error) {
      const reason = /** @type {Error} */ (error).message;
      throw new ImproperlyConfigured(`cannot write the pid file: ${reason}`, { cause: error });
    }
    // A process may end without a stop: an uncaught error while it stops, a third signal.
    process.on("exit", this.#releaseAtExit);
  }

  /** Removes the file, if it is this process's. */
  release() {
    process.off("exit", this.#releaseAtExit);
    if (!this.#isOurs) return;
    this.#isOurs = false;
    rmSync(this.#path, { force: true });
  }

  /** @returns {number | null} the living process that the file names; a file that names none is removed */
  #otherPid() {
    const text = readIfThere(this.#path);
    if (text === null) return null;
    const pid = /^\s*\d+\s*\n/.test(text) ? Number.parseInt(text, 10) : null;
    // A container's only process has the same id after every restart.
    if (pid !== null && pid !== process.pid && isAlive(pid)) return pid;
    if (pid === null) this.#log.warn("Broken pidfile found - Removing it.");
    else if (pid !== process.pid) this.#log.warn("Stale pidfile exists - Removing it.");
    rmSync(this.#path, { force: true });
    return null;
  }
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return null;
    throw new ImproperlyConfigured(`cannot read the pid file: ${/** @type {Error} */ (error).message}`, {
      cause: error,
    });
  }
}

/** As in Celery, a process of another user counts as gone. @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
