/** Everything behind the page, and a browser in front of it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./browser.js";
import { freePort, Program } from "./processes.js";

/** @typedef {"node" | "python"} Server */

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
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
  /** @type {Program | undefined} */
  #broker;
  /** @type {Program | undefined} */
  #web;
  /** @type {import("playwright-core").Browser | undefined} */
  #browser;
  url = "";

  /** @param {Server} server the web server */
  constructor(server) {
    this.server = server;
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
    const python = { ...jobs, JOBS_PY_CONCURRENCY: "2" };
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
    const webPort = await freePort();
    this.url = `http://127.0.0.1:${webPort}`;
    const own = { ...web, WEB_PORT: String(webPort) };
    this.#web = this.#program("web", COMMANDS[this.server], own, /web server: http/);
    await Promise.all([...workers, this.#web].map((program) => program.start()));
    this.#browser = await openBrowser();
  }

  async stop() {
    await this.#browser?.close();
    await Promise.all(this.#programs.map((program) => program.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get broker() {
    return started(this.#broker);
  }

  get browser() {
    return started(this.#browser);
  }

  get web() {
    return started(this.#web);
  }

  /**
   * @param {string} name
   * @param {string[]} command
   * @param {Record<string, string>} env
   * @param {RegExp} ready
   * @param {string} [folder]
   */
  #program(name, command, env, ready, folder = "") {
    const program = new Program(`${this.server}-${name}`, command, {
      cwd: join(ROOT, folder),
      env,
      logs: this.#logs,
      ready,
    });
    this.#programs.unshift(program);
    return program;
  }
}

/** @template T @param {T | undefined} part @returns {T} */
function started(part) {
  if (!part) throw new Error("the application has not been started");
  return part;
}

const CAUGHT = /mail catcher: smtp (\S+), http (\S+)/;

/** @param {number} port */
function valkey(port) {
  const found = process.env.VALKEY_SERVER;
  const binary =
    found ?? execFileSync("python3", ["-m", "scripts", "server-path"], { cwd: ROOT, encoding: "utf8" }).trim();
  return [binary, "--port", String(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--save", ""];
}
