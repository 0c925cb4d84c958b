/**
 * What a worker knows from one run to the next (`celery.worker.state.Persistent`): the ids of revoked tasks, and its logical
 * clock. Guarantee: the file is whole, whenever the process ends; it is as old as `SAVE_SOON_MS` at most when a kill takes the
 * process, and up to date after a stop. (Celery writes at the stop alone.)
 *
 * A JSON document of our own. Celery's is a pickle in a shelve, which runs whatever its writer likes when it is read.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { resolve } from "node:path";
import { ImproperlyConfigured } from "../../errors.js";

/** What the file says of itself: the format, by its number. */
const FORMAT = "celery-js worker state";
const VERSION = 1;
/** How long a change waits for others: each writes the whole file, 2 MB when as many ids are revoked as can be. */
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
   * Takes over what the last run left, and writes the file, so that one that cannot be written is found now. The ids count as
   * revoked now, as in Celery.
   *
   * @throws {ImproperlyConfigured} for a file that is none of ours, or cannot be read or written; it is left as it is
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

  /** Writes what is known now, and nothing after that. Idempotent. @returns {Promise<void>} @throws {Error} when it cannot be written */
  async close() {
    if (!this.#isLoaded) return; // whatever is there, is not ours
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
      // The worker knows them all the same, and the next change tries again.
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
      "is no state file of celery-js; name another one, or move it away (a Python worker's cannot be read here)",
    );
  }

  /** @param {string} why @param {unknown} [cause] */
  #unusable(why, cause) {
    return new ImproperlyConfigured(`statedb: ${this.#path} ${why}`, { cause });
  }
}

/** @param {string} text @returns {State | null} null where it is none */
function parsed(text) {
  try {
    const { format, version, clock, revoked } = JSON.parse(text);
    const isOurs = format === FORMAT && version === VERSION && Number.isSafeInteger(clock) && Array.isArray(revoked);
    return isOurs && revoked.every((/** @type {unknown} */ id) => typeof id === "string") ? { revoked, clock } : null;
  } catch {
    return null;
  }
}
