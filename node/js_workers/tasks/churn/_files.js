/** Files that tasks of both languages share. Messages carry only their names, never their content. */
import { randomUUID } from "node:crypto";
import { access, link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readVariables } from "../../config.js";

const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;

/**
 * @param {string} name letters, digits, dots and dashes
 * @returns {string} where the file is on this machine
 * @throws {TypeError} when the name could lead out of the folder
 * @throws {Error} when JOBS_FILES_DIR is not set
 */
export function pathOf(name) {
  const folder = readVariables().JOBS_FILES_DIR;
  if (!folder) throw new Error("JOBS_FILES_DIR is empty: set it to a folder that workers and web servers share");
  if (!PLAIN_NAME.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is not a file's name; use letters, digits, dots and dashes`);
  }
  return join(folder, name);
}

/** Thrown when a file is missing: it was not written yet, or was removed. */
export class FileNotFoundError extends Error {}

/**
 * @param {string} name
 * @returns {Promise<Buffer>}
 * @throws {FileNotFoundError} without its path, because users see the message
 */
export async function read(name) {
  try {
    return await readFile(pathOf(name));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
    throw new FileNotFoundError(`there is no file ${JSON.stringify(name)}`);
  }
}

/** @param {string} name @returns {Promise<boolean>} */
export const exists = (name) =>
  access(pathOf(name)).then(
    () => true,
    () => false,
  );

/**
 * Writes a file so that readers see all of it or nothing, also when this task is run a second time.
 *
 * @param {string} name
 * @param {Buffer | string} content
 */
export async function save(name, content) {
  const unfinished = await writeUnfinished(name, content);
  try {
    await rename(unfinished, pathOf(name));
  } finally {
    await rm(unfinished, { force: true });
  }
}

/**
 * Writes a file unless there is one. Of two programs that try at once, one succeeds.
 *
 * @param {string} name
 * @param {string} content
 * @returns {Promise<string | null>} null when it is written, else the content of the one that came first
 */
export async function claim(name, content) {
  const unfinished = await writeUnfinished(name, content);
  try {
    await link(unfinished, pathOf(name));
    return null;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  } finally {
    await rm(unfinished);
  }
  try {
    return String(await read(name));
  } catch (error) {
    if (!(error instanceof FileNotFoundError)) throw error;
    return claim(name, content); // the one that came first has removed it meanwhile
  }
}

/**
 * @param {string} name
 * @param {Buffer | string} content
 * @returns {Promise<string>} the path of a complete file under another name; after an error, such as a full disk, there is none
 */
async function writeUnfinished(name, content) {
  const path = pathOf(`${name}.${randomUUID()}`);
  try {
    await writeFile(path, content);
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** @param {string} name of a file that may not exist */
export const remove = (name) => rm(pathOf(name), { force: true });
