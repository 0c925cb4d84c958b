/**
 * Stores a record of each session's jobs, a JSON file per job below `JOBS_FILES_DIR`. In your own service, use a table of its
 * database. The states of a job's tasks are not stored here, but in the result backend.
 */
import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * @typedef {"dataset" | "training" | "predictionFile" | "report" | "mail" | "workflow"} Kind
 * @typedef {{ name: string, taskId: string, parts: string[] }} Step the ids of its tasks; `taskId` ends it
 * @typedef {object} JobRecord
 * @property {string} id
 * @property {string} session
 * @property {Kind} kind
 * @property {string} hash of its POST's body
 * @property {string} createdAt ISO 8601; empty until it is stored
 * @property {Record<string, any>} given the arguments of its tasks; for a dataset, its columns and rows
 * @property {Step[]} steps
 * @property {string} [resumedAt] ISO 8601
 * @property {string} [resumedBy] the Idempotency-Key of that POST
 * @property {Step[]} [replaced] stopped steps that were sent again
 * @property {string} [unsent] the stopped step's task in the last attempt to send it again, if that failed
 * @property {boolean} [cancelled]
 * @property {import("./view.js").JobView} [final] its final view
 */

const NAME = /^[a-f0-9-]{36}$/;
const WITHDRAWN = "cancelled";

/**
 * @param {{ session: string, key?: string, kind: Kind, body: unknown }} post its id comes from the Idempotency-Key
 * @returns {JobRecord} a record that is not stored yet
 */
export function newRecord({ session, key, kind, body }) {
  const id = key === undefined ? randomUUID() : digest(`${session} ${key}`);
  const hash = digest(`${kind} ${JSON.stringify(body)}`);
  return { id, session, kind, hash, createdAt: "", given: {}, steps: [] };
}

/** Whether both records have the same tasks; resuming a job makes new ones. @param {JobRecord} one @param {JobRecord} other */
export const haveSameSteps = (one, other) => one.steps.at(-1)?.taskId === other.steps.at(-1)?.taskId;

export class Store {
  /** @param {string} folder @param {(error: unknown, message: string) => void} warn */
  constructor(folder, warn) {
    this.folder = folder;
    this.warn = warn;
  }

  /**
   * Stores a record unless one with its id exists. Only one file can get the name, so of two POSTs with one key one finds the
   * other's record, even on different web servers.
   *
   * @param {JobRecord} record
   * @returns {Promise<JobRecord>} the stored one: this, or the one that came first
   */
  async create(record) {
    await mkdir(this.#folderOf(record.session), { recursive: true });
    record.createdAt = new Date().toISOString();
    const isStored = await createOnce(this.#fileOf(record), JSON.stringify(record));
    return isStored ? record : ((await this.read(record.session, record.id)) ?? record);
  }

  /** @param {JobRecord} record replaced in one step: a reader never sees half of it */
  async save(record) {
    await rename(await writeTemporary(this.#fileOf(record), JSON.stringify(record)), this.#fileOf(record));
  }

  /**
   * Saves a job's end, because results expire.
   *
   * @param {JobRecord} record
   * @param {import("./view.js").JobView} final
   * @returns {Promise<boolean>} whether the stored job is still this one; also true if it cannot be read or saved
   */
  async saveEnd(record, final) {
    try {
      const stored = await this.read(record.session, record.id);
      if (stored === null || !haveSameSteps(stored, record)) return false;
      await this.save({ ...stored, final });
    } catch (error) {
      this.warn(error, `the end of job ${record.id} cannot be saved`);
    }
    return true;
  }

  /** @param {JobRecord} record */
  async remove(record) {
    await rm(this.#fileOf(record), { force: true });
  }

  /**
   * @param {string} session
   * @param {string} id
   * @returns {Promise<JobRecord | null>} null when the session has no such record
   * @throws {Error} when its file has no record
   */
  async read(session, id) {
    if (!NAME.test(session) || !NAME.test(id)) return null;
    const text = await ifThere(readFile(this.#fileOf({ session, id }), "utf8"));
    return text === null ? null : parsed(text, id);
  }

  /** @returns {Promise<JobRecord[]>} those of all sessions whose jobs have not ended */
  async unfinished() {
    const sessions = (await ifThere(readdir(join(this.folder, "web")))) ?? [];
    const records = await Promise.all(sessions.map((session) => this.list(session)));
    return records.flat().filter(({ steps, final }) => steps.length > 0 && !final);
  }

  /** @param {string} session @returns {Promise<JobRecord[]>} the newest first, without those that cannot be read */
  async list(session) {
    const names = (await ifThere(readdir(this.#folderOf(session)))) ?? [];
    const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
    const reading = (/** @type {string} */ id) => this.read(session, id).catch((error) => this.#skip(id, error));
    const records = await Promise.all(ids.map(reading));
    return records
      .filter((record) => record !== null)
      .sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  }

  /**
   * Withdraws a mail unless it was sent or is being sent: its task claims the same file before sending.
   *
   * @param {string} taskId
   * @returns {Promise<boolean>} whether it is withdrawn; if not, it is being sent, or was
   */
  async withdraw(taskId) {
    const file = join(this.folder, `mail-${taskId}`);
    while (!(await createOnce(file, WITHDRAWN))) {
      const claimed = await ifThere(readFile(file, "utf8"));
      // null: a task whose mail was refused has removed its claim meanwhile.
      if (claimed !== null) return claimed === WITHDRAWN;
    }
    return true;
  }

  /**
   * Replaces the record of a stopped job once. The first caller's claim names a file with its new record; renaming that file
   * replaces the old record. If a server is killed in between, the next caller renames the file.
   *
   * @param {string} taskId of the step that stopped, or that could not be sent again
   * @param {JobRecord} record
   * @returns {Promise<JobRecord | null>} the new record for the one caller that sends the job; null for the others
   */
  async resume(taskId, record) {
    const file = this.#fileOf(record);
    const part = await writeTemporary(file, JSON.stringify(record));
    const claim = join(this.folder, `resumed-${taskId}`);
    if (!(await createOnce(claim, basename(part)))) await rm(part);
    const claimed = join(this.#folderOf(record.session), await readFile(claim, "utf8"));
    const text = await ifThere(readFile(claimed, "utf8"));
    const isReplaced = await ifThere(rename(claimed, file).then(() => true));
    return text && isReplaced && JSON.parse(text);
  }

  /**
   * Leaves a file that the task checks, because a worker that is away does not receive the command.
   *
   * @param {string} taskId
   */
  async markAsCancelled(taskId) {
    await writeFile(join(this.folder, `cancelled-${taskId}`), "");
  }

  /** Removes what the parts of a step have written. @param {Step} step that has ended */
  async removeParts({ parts }) {
    await Promise.all(parts.map((id) => rm(join(this.folder, `part-${id}.csv`), { force: true })));
  }

  /** One record must not hide the others. @param {string} id @param {unknown} error @returns {null} */
  #skip(id, error) {
    this.warn(error, `the record of job ${id} cannot be read`);
    return null;
  }

  /** @param {string} session */
  #folderOf(session) {
    return join(this.folder, "web", session);
  }

  /** @param {{ session: string, id: string }} record */
  #fileOf({ session, id }) {
    return join(this.#folderOf(session), `${id}.json`);
  }
}

/** @param {string} text @param {string} id @returns {JobRecord} */
function parsed(text, id) {
  const record = JSON.parse(text);
  if (record?.id === id && typeof record.createdAt === "string" && Array.isArray(record.steps)) return record;
  throw new Error("the file is JSON, but not this job's record");
}

/**
 * @template T
 * @param {Promise<T>} read
 * @returns {Promise<T | null>} null if the file or folder does not exist
 */
const ifThere = (read) =>
  read.catch((error) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    return null;
  });

/** @param {string} file @param {string} content @returns {Promise<boolean>} whether it was written; false if the file exists */
async function createOnce(file, content) {
  const part = await writeTemporary(file, content);
  try {
    await link(part, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(part);
  }
}

/** @param {string} file @param {string} content @returns {Promise<string>} the path of a complete file, to be renamed or linked */
async function writeTemporary(file, content) {
  const part = `${file}.${randomUUID()}`;
  await writeFile(part, content);
  return part;
}

/** @param {string} text @returns {string} in the form of a UUID */
function digest(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
}
