/**
 * The state that a worker keeps from one run to the next (`celery.worker.state.Persistent`): the ids of revoked tasks,
 * and its logical clock. Guarantee: the file is complete whenever the process ends. After a kill it is at most
 * `SAVE_SOON_MS` old, and after a stop it is up to date. (Celery only writes at the stop.)
 *
 * It is a JSON document. Celery's is a pickle in a shelve, and reading a pickle can run any code of its writer.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { resolve } from "node:path";
import { ImproperlyConfigured } from "../../errors.js";

/** The name of the file's format, followed by its version. */
const FORMAT = "celery-js worker state";
const VERSION = 1;
/** How long a change waits for others: each writes the whole file, 2 MB with the maximum number of revoked ids. */
const SAVE_SOON_MS = 250;
const MODE = 0o644;

/** @typedef {{ revoked: string[], clock: number }} State ids the oldest first */

export class StateFile {
  #path;
  #revocations;
  #clock;
  #log;
  #isLoaded = false;
  #isChanged = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {Promise<void> | null} */
  #saving = null;

  /**
   * @param {object} options
   * @param {string} options.path
   * @param {import("../model/revocations.js").Revocations} options.revocations
   * @param {import("../../protocol/clock.js").LamportClock} options.clock
   * @param {Pick<import("../observers/log.js").Logger, "warn">} options.log
   */
  constructor({ path, revocations, clock, log }) {
    this.#path = resolve(path);
    this.#revocations = revocations;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Loads the state of the last run, and writes the file, so that an unwritable file is found now. The ids count as
   * revoked now, as in Celery.
   *
   * @throws {ImproperlyConfigured} for a file that is not ours, or cannot be read or written; it is left unchanged
   */
  load() {
    const { revoked, clock } = this.#read();
    this.#revocations.add(revoked);
    this.#clock.adjust(clock);
    try {
      this.#write();
    } catch (error) {
      throw this.#unusable(`cannot be written: ${/** @type {Error} */ (error).message}`, error);
    }
    this.#isLoaded = true;
    this.#revocations.onChange = () => this.#saveSoon();
  }

  /**
   * Writes the current state, and nothing after that. Idempotent.
   *
   * @returns {Promise<void>}
   * @throws {Error} when it cannot be written
   */
  async close() {
    if (!this.#isLoaded) return; // the file there is not ours
    this.#isLoaded = false;
    this.#revocations.onChange = null;
    clearTimeout(this.#timer);
    await this.#saving;
    this.#revocations.purge();
    this.#write();
  }

  #saveSoon() {
    this.#isChanged = true;
    if (this.#timer !== undefined || this.#saving !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#saving = this.#save().then(() => {
        this.#saving = null;
        if (this.#isChanged && this.#isLoaded) this.#saveSoon();
      });
    }, SAVE_SOON_MS).unref();
  }

  async #save() {
    this.#isChanged = false;
    try {
      const file = await open(this.#draft, "w", MODE);
      try {
        await file.writeFile(this.#text());
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(this.#draft, this.#path);
    } catch (error) {
      // The worker still knows the ids, and the next change tries again.
      this.#log.warn(`The state file ${this.#path} cannot be written: ${/** @type {Error} */ (error).message}`);
    }
  }

  #write() {
    writeFileSync(this.#draft, this.#text(), { mode: MODE, flush: true });
    renameSync(this.#draft, this.#path);
  }

  /** @returns {string} where the file is written before it takes the place of the old one */
  get #draft() {
    return `${this.#path}.new`;
  }

  #text() {
    return `${JSON.stringify({ format: FORMAT, version: VERSION, clock: this.#clock.forward(), revoked: this.#revocations.ids })}\n`;
  }

  /** @returns {State} */
  #read() {
    let text;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === "ENOENT") return { revoked: [], clock: 0 };
      throw this.#unusable(`cannot be read: ${message}`, error);
    }
    const state = parsed(text);
    if (state !== null) return state;
    throw this.#unusable(
      "is not a state file of celery-js; name another one, or move it away (a Python worker's cannot be read here)",
    );
  }

  /**
   * @param {string} why
   * @param {unknown} [cause]
   */
  #unusable(why, cause) {
    return new ImproperlyConfigured(`statedb: ${this.#path} ${why}`, { cause });
  }
}

/**
 * @param {string} text
 * @returns {State | null} null where it is none
 */
function parsed(text) {
  try {
    const { format, version, clock, revoked } = JSON.parse(text);
    const isOurs = format === FORMAT && version === VERSION && Number.isSafeInteger(clock) && Array.isArray(revoked);
    return isOurs && revoked.every((/** @type {unknown} */ id) => typeof id === "string") ? { revoked, clock } : null;
  } catch {
    return null;
  }
}
