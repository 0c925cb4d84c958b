/** Asks a worker how it is, as a container's health check does. */
import { spawnSync } from "node:child_process";

/**
 * @typedef {object} HealthAnswer
 * @property {number} status 200, 503, ...
 * @property {any} body
 */

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<HealthAnswer>}
 */
export async function ask(port, path, { method = "GET" } = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, body: JSON.parse((await response.text()) || "null") };
}

/**
 * From another process, while this one waits with its event loop blocked.
 *
 * @param {number} port
 * @param {string} path
 * @returns {HealthAnswer}
 */
export function askBlocking(port, path) {
  const program = `
    const response = await fetch("http://127.0.0.1:${port}${path}");
    console.log(JSON.stringify({ status: response.status, body: await response.json() }));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  return JSON.parse(stdout);
}
