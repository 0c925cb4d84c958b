/**
 * What the web server remembers of each session's jobs: a JSON file for each, below `JOBS_FILES_DIR`. In your own service, this
 * is a table of its database. What a job's tasks are doing is not kept here: the result backend knows that.
 */
import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const POST_WITHIN_MS = 30_000;
const NAME = /^[a-f0-9-]{36}$/;

export class Store {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * Keeps a new record. Its id comes from the key, and a file is created once, so of two equal POSTs one finds the other's record,
   * whichever web server they reach.
   *
   * @param {{ session: string, key?: string, body: unknown, kind: string }} given
   * @returns {Promise<{ record: any, isNew: boolean, isOther?: boolean }>} `isOther`: the key came with another body before
   */
  async create({ session, key, body, kind }) {
    const hash = digest(`${kind} ${JSON.stringify(body)}`);
    const id = key === undefined ? randomUUID() : digest(`${session} ${key}`);
    const record = { id, session, kind, hash, createdAt: new Date().toISOString(), given: {}, steps: [] };
    await mkdir(this.#folderOf(session), { recursive: true });
    const part = await this.#written(record);
    try {
      await link(part, this.#fileOf(record));
      return { record, isNew: true };
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const first = await this.read(session, id);
      if (first && isLeft(first)) return { record, isNew: true };
      return { record: first, isNew: false, isOther: first !== null && first.hash !== hash };
    } finally {
      await rm(part);
    }
  }

  /** Replaces a record, in one step: a reader never sees half of it. */
  async save(record) {
    await rename(await this.#written(record), this.#fileOf(record));
  }

  async remove(record) {
    await rm(this.#fileOf(record), { force: true });
  }

  /** @returns {Promise<any>} null when the session has no such record */
  async read(session, id) {
    if (!NAME.test(session) || !NAME.test(id)) return null;
    const text = await readFile(this.#fileOf({ session, id }), "utf8").catch(() => "null");
    return JSON.parse(text || "null");
  }

  /** @returns {Promise<any[]>} a session's records, the newest first */
  async list(session) {
    const names = await readdir(this.#folderOf(session)).catch(() => []);
    const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
    const records = await Promise.all(ids.map((id) => this.read(session, id)));
    return records.filter(Boolean).sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  }

  /** @returns {Promise<string>} a whole file that has yet to get its name */
  async #written(record) {
    const part = `${this.#fileOf(record)}.${randomUUID()}`;
    await writeFile(part, JSON.stringify(record));
    return part;
  }

  #folderOf(session) {
    return join(this.folder, "web", session);
  }

  #fileOf({ session, id }) {
    return join(this.#folderOf(session), `${id}.json`);
  }
}

/** Whether a record's tasks were sent, or its dataset made; until then, the POST that keeps it is at work. */
export const isMade = ({ kind, given, steps }) => steps.length > 0 || (kind === "dataset" && given.rows > 0);

/** Whether a record was left by a web server that died in the middle of a POST. */
export const isLeft = (record) => !isMade(record) && Date.now() - Date.parse(record.createdAt) > POST_WITHIN_MS;

/** @returns {string} in the form of a UUID */
function digest(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
