/** Reads the contract of a worker's tasks from `contractFile`, for `inspect contract` and the log. */
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Contract
 * @property {string} hash of the whole contract, with the tasks of other languages
 * @property {Record<string, string>} tasks name of each of this app's tasks -> its hash
 */

/**
 * @param {import("../../settings.js").Settings} settings
 * @returns {Contract | { error: string }} an error when there is no such file, or it is not a contract
 */
export function contractOf({ contractFile }) {
  if (contractFile === null) return { error: "this worker has no contract: set contractFile" };
  try {
    const { hash, tasks } = JSON.parse(readFileSync(contractFile, "utf8"));
    if (typeof hash === "string" && typeof tasks === "object" && tasks !== null) return { hash, tasks };
    return { error: `${contractFile} is not a contract: it has no hash and tasks` };
  } catch (error) {
    return { error: `the contract cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}

/**
 * @param {import("../../settings.js").Settings} settings
 * @param {import("../observers/log.js").Logger} log
 */
export function logContract(settings, log) {
  if (settings.contractFile === null) return;
  const contract = contractOf(settings);
  if ("error" in contract) log.warn(contract.error);
  else log.info(`Contract: ${contract.hash} (${Object.keys(contract.tasks).length} tasks)`);
}
