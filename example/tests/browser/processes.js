/** Starts the processes behind the page. Each writes to a log, and ends with the tests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
const STOPS_WITHIN_MS = 20_000;

export class Program {
  #log = "";
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #child;

  /**
   * @param {string} name of its log
   * @param {string[]} command
   * @param {{ cwd: string, env: Record<string, string>, logs: string, ready: RegExp, withinMs?: number }} options
   */
  constructor(name, command, options) {
    this.name = name;
    this.command = command;
    this.options = options;
  }

  /** @returns {Promise<RegExpExecArray>} the part of its log that shows it is ready */
  async start() {
    const { cwd, env, logs, ready, withinMs = 60_000 } = this.options;
    const [program, ...words] = this.command;
    const child = spawn(program, words, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#log = "";
    const file = createWriteStream(`${logs}/${this.name}.log`, { flags: "a" });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        this.#log += chunk;
        file.write(chunk);
      });
    }
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = ready.exec(this.#log);
      if (found) return found;
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${this.name} is not ready:\n${this.#log}`);
      await sleep(POLL_MS);
    }
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal = "SIGTERM") {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }
}

/** @returns {Promise<number>} a port that nothing listens on */
export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, "close");
  return port;
}
