/** The processes that a benchmark starts: however it ends, they end with it. */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { constants } from "node:os";
import { processTree } from "./process-tree.js";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** @type {Map<ChildProcess, string | null>} each with the folder that goes with it */
const running = new Map();

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { folder?: string }} [options] `folder` is removed when the
 *   process has ended
 * @returns {ChildProcess}
 */
export function startProgram(program, args, { folder, ...options } = {}) {
  // Detached from the terminal's group: a Ctrl-C reaches this process only, which then ends the others.
  return track(spawn(program, args, { stdio: "ignore", detached: true, ...options }), folder ?? null);
}

/**
 * @param {URL} module
 * @param {string[]} args
 * @returns {ChildProcess} that can be sent messages
 */
export function startModule(module, args) {
  return track(fork(module, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], detached: true }), null);
}

/**
 * @param {ChildProcess} child
 * @param {string} name
 * @returns {Promise<never>} rejects when the process ends or cannot be started; it need not be awaited
 */
export function untilEnded(child, name) {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`${name} ended (${code ?? signal})`);
  });
  ended.catch(() => {});
  return ended;
}

/** @param {ChildProcess} child @returns {Promise<void>} once it has ended */
export async function end(child) {
  if (isRunning(child)) {
    const gone = once(child, "exit");
    killTree(child);
    await gone;
  }
  forget(child);
}

/** Ends every process, at once. */
export function endAll() {
  for (const child of running.keys()) {
    if (isRunning(child)) killTree(child);
    forget(child);
  }
}

/** From now on a signal that ends this process ends the others too. */
export function endWithSignals() {
  process.once("exit", endAll);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

/** @param {ChildProcess} child */
const isRunning = (child) => child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** A pool's processes too, which would outlive their parent. @param {ChildProcess} child */
function killTree(child) {
  for (const { pid } of processTree(/** @type {number} */ (child.pid))) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
}

/** @param {ChildProcess} child @param {string | null} folder */
function track(child, folder) {
  running.set(child, folder);
  return child;
}

/** @param {ChildProcess} child */
function forget(child) {
  const folder = running.get(child);
  running.delete(child);
  // A server that is just being killed may still add a file.
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
