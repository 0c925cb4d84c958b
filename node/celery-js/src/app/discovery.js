/** Finds the tasks of a folder for `app.autodiscoverTasks`. */
import { discoverTasks } from "../tasks/discover.js";
import { checkArgument, LIST, methodOptions, TEXT } from "../validation/kinds.js";

/** @type {import("../validation/kinds.js").Kind} */
const PREFIX = ["a string", (value) => typeof value === "string"];
const DISCOVERY_KINDS = { prefix: PREFIX, extensions: LIST };

/**
 * @param {URL | string} directory a `file:` URL or a path
 * @param {{ prefix: string, extensions?: readonly string[] }} options
 * @param {string[]} skipped gets a sentence for each file that may have tasks and is not read
 * @returns {ReturnType<typeof discoverTasks>}
 * @throws {TypeError} for a wrong option
 * @throws as `discoverTasks`
 */
export async function discover(directory, options, skipped) {
  const given = methodOptions(options, DISCOVERY_KINDS, "autodiscoverTasks()");
  if (!(directory instanceof URL)) checkArgument(directory, TEXT, "autodiscoverTasks(): the folder");
  checkArgument(given.prefix, PREFIX, "autodiscoverTasks(): prefix");
  const onSkipped = (/** @type {string} */ sentence) => skipped.push(sentence);
  return discoverTasks(directory, { .../** @type {typeof options} */ (given), onSkipped });
}
