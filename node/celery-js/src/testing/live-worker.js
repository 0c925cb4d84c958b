/** A real worker for tests, of either language, as a separate process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 30_000;
/** Celery logs "celery@host ready." when its consumer runs, and so does celery-js, in the format that it is set to. */
const READY = /\bready\b/;
const LATE = 'was not ready in time; it must print "ready", as Celery does with `--loglevel INFO`';
/** The variables that tell a worker its server: Celery's own, and those of the template. */
const SERVER_VARIABLES = ["CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "JOBS_BROKER_URL", "JOBS_RESULT_BACKEND"];

/** A running worker. */
export class LiveWorker {
  #child;
  #folder;
  /** Kept when it has ended. @type {string | null} */
  #log = null;

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {string} folder with its log
   * @param {string} url
   */
  constructor(child, folder, url) {
    /** The server that it works for. */
    this.url = url;
    this.#child = child;
    this.#folder = folder;
    process.once("exit", this.#signalAll);
  }

  #signalAll = () => {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // all of them have ended
    }
  };

  /** @returns {number} its process id */
  get pid() {
    return Number(this.#child.pid);
  }

  /** @returns {string} all that it has printed */
  get log() {
    return this.#log ?? readFileSync(logFile(this.#folder), "utf8");
  }

  /**
   * Stops it as a deployment does, with SIGTERM: it may finish its tasks.
   *
   * @returns {Promise<void>}
   */
  async stop() {
    const timer = setTimeout(() => this.#signalAll(), STOPS_WITHIN_MS);
    await this.#end(() => this.#child.kill("SIGTERM"));
    clearTimeout(timer);
  }

  /**
   * Kills it and the processes that it has started.
   *
   * @returns {Promise<void>}
   */
  async kill() {
    await this.#end(() => this.#signalAll());
  }

  /** @param {() => void} signal */
  async #end(signal) {
    if (isRunning(this.#child)) {
      const gone = once(this.#child, "exit");
      signal();
      await gone;
    }
    if (this.#log !== null) return;
    this.#signalAll(); // child processes that it left behind
    process.off("exit", this.#signalAll);
    this.#log = this.log;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Starts a worker. It finds its server as `CELERY_BROKER_URL`, `CELERY_RESULT_BACKEND`, `JOBS_BROKER_URL` and
 * `JOBS_RESULT_BACKEND`.
 *
 * @param {readonly string[]} command `["node", "js_workers/worker.js"]`, `["celery", "-A", "shop", "worker"]`
 * @param {string} url of its server
 * @param {object} [options]
 * @param {string | URL} [options.cwd] the folder to start it in
 * @param {Record<string, string>} [options.env] more variables, over those of this process
 * @returns {Promise<LiveWorker>} once it is ready
 * @throws {Error} when it ends, or is not ready within a minute; the message has its output
 */
export async function liveWorker([program, ...args], url, { cwd, env } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "live-worker-"));
  const output = openSync(logFile(folder), "w");
  const server = Object.fromEntries(SERVER_VARIABLES.map((name) => [name, url]));
  // With `detached`, the worker and what it starts are a group of processes.
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...server, ...env },
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  /** @type {Error[]} */
  const errors = [];
  child.on("error", (error) => errors.push(error));
  const worker = new LiveWorker(child, folder, url);
  const deadlineMs = Date.now() + READY_WITHIN_MS;
  while (!READY.test(worker.log)) {
    await delay(20); // an error of `spawn` comes now
    if (!isRunning(child) || errors.length > 0 || Date.now() > deadlineMs) {
      const [error] = errors;
      const ending = isRunning(child) ? LATE : `ended with ${child.exitCode ?? child.signalCode}`;
      await worker.kill();
      throw new Error(`the worker ${program} ${args.join(" ")} ${error?.message ?? ending}:\n${worker.log}`);
    }
  }
  return worker;
}

/** @param {string} folder */
const logFile = (folder) => join(folder, "worker.log");

/** @param {import("node:child_process").ChildProcess} child */
const isRunning = ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null;
