/** Everything behind the page, with both web servers at once: they share workers, files and the mail catcher. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, Program } from "./processes.js";

/** @typedef {"node" | "python"} Server */

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** SERVER=node tests one of them. */
export const SERVERS = /** @type {Server[]} */ (process.env.SERVER ? [process.env.SERVER] : ["node", "python"]);

/** How each web server starts. @type {Record<Server, string[]>} */
const COMMANDS = {
  node: ["node", "example/web-node/server.js"],
  python: ["example/web-python/.venv/bin/python", "example/web-python/server.py"],
};

export class Application {
  #folder = mkdtempSync(join(tmpdir(), "example-"));
  #logs = join(ROOT, ".data", "example", "logs");
  /** @type {Program[]} */
  #programs = [];
  /** @type {Map<Server, { program: Program, url: string }>} */
  #servers = new Map();
  /** @type {Program | undefined} */
  #broker;

  /** @param {readonly Server[]} names of the web servers to start */
  constructor(names = SERVERS) {
    this.names = names;
  }

  async start() {
    mkdirSync(this.#logs, { recursive: true });
    const port = await freePort();
    this.#broker = this.#program("valkey", [...valkey(port), "--dir", this.#folder], {}, /Ready to accept connections/);
    await this.#broker.start();
    const server = `redis://127.0.0.1:${port}/0`;
    const files = join(this.#folder, "files");
    const shared = { JOBS_BROKER_URL: server, JOBS_RESULT_BACKEND: server, JOBS_FILES_DIR: files };

    const mail = this.#program(
      "mail",
      ["node", "example/mail/main.js"],
      { MAIL_SMTP_PORT: "0", MAIL_HTTP_PORT: "0" },
      CAUGHT,
    );
    const [, smtp, http] = await mail.start();
    const jobs = { ...shared, JOBS_SMTP_URL: `smtp://${smtp}` };
    const python = { ...jobs, JOBS_PY_CONCURRENCY: "4" };
    const workers = [
      this.#program("py-worker", ["scripts/entrypoints/start_worker_pyqueue.sh"], python, / ready\./, "python"),
      this.#program("js-worker", ["node", "js_workers/worker.js"], jobs, /ready\./, "node"),
    ];
    const web = {
      ...shared,
      MAILBOX_URL: `http://${http}`,
      WEB_SECRET: "only for these tests, and long enough",
      WEB_POSTS_PER_MINUTE: "1000",
      PYTHONPATH: join(ROOT, "clients/python"),
    };
    const servers = await Promise.all(this.names.map((name) => this.#server(name, web)));
    await Promise.all([...workers, ...servers].map((program) => program.start()));
  }

  async stop() {
    await Promise.all(this.#programs.map((program) => program.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get broker() {
    if (!this.#broker) throw new Error("the application has not been started");
    return this.#broker;
  }

  /** @param {Server} name */
  url(name) {
    return this.#found(name).url;
  }

  /** @param {Server} name @returns {Program} */
  web(name) {
    return this.#found(name).program;
  }

  /** @param {Server} name */
  #found(name) {
    const found = this.#servers.get(name);
    if (!found) throw new Error(`the ${name} server has not been started`);
    return found;
  }

  /**
   * @param {Server} name
   * @param {Record<string, string>} env
   */
  async #server(name, env) {
    const port = await freePort();
    const program = this.#program(
      `web-${name}`,
      COMMANDS[name],
      { ...env, WEB_PORT: String(port) },
      /web server: http/,
    );
    this.#servers.set(name, { program, url: `http://127.0.0.1:${port}` });
    return program;
  }

  /**
   * @param {string} name
   * @param {string[]} command
   * @param {Record<string, string>} env
   * @param {RegExp} ready
   * @param {string} [folder]
   */
  #program(name, command, env, ready, folder = "") {
    const program = new Program(name, command, { cwd: join(ROOT, folder), env, logs: this.#logs, ready });
    this.#programs.unshift(program);
    return program;
  }
}

const CAUGHT = /mail catcher: smtp (\S+), http (\S+)/;

/** @param {number} port */
function valkey(port) {
  const found = process.env.VALKEY_SERVER;
  const binary =
    found ?? execFileSync("python3", ["-m", "scripts", "server-path"], { cwd: ROOT, encoding: "utf8" }).trim();
  return [binary, "--port", String(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--save", ""];
}
