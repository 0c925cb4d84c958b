/** The worker and the client as programs: what they print, and how they end. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Celery } from "celery-js";
import { freePort, startServer, waitUntil } from "./processes.js";

const NODE = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {string} program path below `folder`
 * @param {Record<string, string>} variables
 * @param {string} [folder]
 */
function start(program, variables, folder = NODE, /** @type {string[]} */ words = []) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("JOBS_"));
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...variables },
  });
  const output = { out: "", err: "" };
  child.stdout.on("data", (data) => (output.out += data));
  child.stderr.on("data", (data) => (output.err += data));
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

describe("with a server", () => {
  /** @type {import("./processes.js").Server} */
  let server;
  /** @type {Record<string, string>} */
  let variables;

  before(async () => {
    server = await startServer();
    variables = { JOBS_BROKER_URL: server.url, JOBS_RESULT_BACKEND: server.url };
  });
  after(() => server.stop());

  test("the client prints both results; SIGTERM ends the worker", async () => {
    const worker = start("js_workers/worker.js", variables);
    const python = new Celery("stand-in", { brokerUrl: server.url, resultBackend: server.url });
    python.task("py_workers.tasks.example.arithmetic.add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
    const pythonWorker = python.worker({ queues: ["py-queue"] });
    await pythonWorker.start();

    const client = await start("js_workers/client_example.js", variables).ended;
    worker.child.kill("SIGTERM");
    const { code } = await worker.ended;
    await pythonWorker.stop();
    await python.close();

    assert.deepEqual(client, {
      code: 0,
      out:
        "Result executed by python worker from js client : 3 + 2 = 5\n" +
        "Result executed by js worker from js client : 1 + 2 = 3\n",
      err: "",
    });
    assert.equal(code, 0);
  });
});

test("without a server the client ends with one line and code 1", async () => {
  const url = `redis://:secret@127.0.0.1:${await freePort()}/0`;
  const { code, out, err } = await start("js_workers/client_example.js", { JOBS_BROKER_URL: url }).ended;

  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^cannot reach redis:\/\/:\*\*@127\.0\.0\.1:\d+\/0 within 5 s: connect ECONNREFUSED [\d.:]+\n$/);
});

test("a too low limit of open files is one line with the remedy", async () => {
  const command = `ulimit -n 40 && exec "${process.execPath}" js_workers/worker.js`;
  const child = spawn("sh", ["-c", command], { cwd: NODE, env: process.env });
  let err = "";
  child.stderr.on("data", (data) => (err += data));
  // These are too few for Node 20. Newer ones open one module at a time, so the worker starts.
  const started = new Promise((resolve) => child.stdout.once("data", () => resolve("started")));
  const [outcome] = await Promise.race([once(child, "close"), started.then((text) => [text])]);
  child.kill("SIGKILL");

  if (outcome === "started") return;
  assert.equal(outcome, 1);
  assert.match(err, /^this process may open 40 files, which is too few: raise the limit \(ulimit -n 256 or more\)\n$/);
});

test("worker.js prints a line for each wrong variable", async () => {
  const { code, out, err } = await start("js_workers/worker.js", { JOBS_LEASE_S: "abc", JOBS_LEASE: "1" }).ended;

  assert.deepEqual([code, out], [1, ""]);
  assert.equal(
    err,
    "JOBS_LEASE='1': unknown variable; docs/settings.md lists them all\n" +
      "JOBS_LEASE_S='abc': expected a number of seconds from 0.5 to 1200, for example 60\n",
  );
});

test("worker.js lists its options and refuses unknown ones", async () => {
  const [help, refused] = await Promise.all(
    ["--help", "-D"].map((word) => start("js_workers/worker.js", {}, NODE, [word]).ended),
  );

  assert.equal(help.code, 0);
  assert.match(help.out, /^Usage: worker\.js \[OPTIONS\]\n[\s\S]*\n {2}-Q, --queues NAMES/);
  const why = "leave it to what starts the worker: systemd, a container, a shell";
  assert.deepEqual(refused, { code: 2, out: "", err: `Error: -D, --detach: ${why}.\n` });
});

describe("a clone with its own task module", () => {
  /** @type {string} */
  let folder;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "js-workers-"));
    cpSync(join(NODE, "js_workers"), join(folder, "js_workers"), { recursive: true });
    cpSync(join(NODE, "package.json"), join(folder, "package.json"));
    symlinkSync(join(NODE, "node_modules"), join(folder, "node_modules"));
    // A clone's own tasks may be in this folder, or log warnings.
    rmSync(join(folder, "js_workers/tasks"), { recursive: true });
    mkdirSync(join(folder, "js_workers/tasks/billing"), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("finds it, and offers its tasks", async () => {
    const server = await startServer();
    const settings = { JOBS_BROKER_URL: server.url, JOBS_RESULT_BACKEND: server.url };
    const source = "export const total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n";
    writeFileSync(join(folder, "js_workers/tasks/billing/invoices.js"), source);
    const worker = start("js_workers/worker.js", settings, folder);
    const app = new Celery("client", { brokerUrl: server.url, resultBackend: server.url });

    const result = await app.sendTask("js_workers.tasks.billing.invoices.total", [[1, 2, 3]], { queue: "js-queue" });

    assert.equal(await result.get({ timeout: 20 }), 6);
    worker.child.kill("SIGTERM");
    await worker.ended;
    await app.close();
    await server.stop();
  });

  test("takes the options of celery worker", async () => {
    const server = await startServer();
    const settings = { JOBS_BROKER_URL: server.url, JOBS_RESULT_BACKEND: server.url };
    const task =
      'import { isMainThread } from "node:worker_threads";\nexport const where = () => ({ isMainThread });\n';
    writeFileSync(join(folder, "js_workers/tasks/billing/invoices.js"), task);
    const words = ["--pool", "threads", "-c", "2", "-Q", "slow,slower", "-l", "WARNING"];
    const worker = start("js_workers/worker.js", settings, folder, words);
    const app = new Celery("client", { brokerUrl: server.url, resultBackend: server.url });

    const result = await app.sendTask("js_workers.tasks.billing.invoices.where", [], { queue: "slower" });

    assert.deepEqual(await result.get({ timeout: 20 }), { isMainThread: false });
    worker.child.kill("SIGTERM");
    assert.deepEqual(await worker.ended, { code: 0, out: "", err: "" });
    await app.close();
    await server.stop();
  });

  for (const [what, source, place] of [
    ["throws when it is imported", 'export const x = 1;\nthrow new Error("no key");\n', /invoices\.js:2.*no key/],
    ["cannot be parsed", "export const x = ;\n", /invoices\.js:1.*Unexpected token/],
  ]) {
    test(`whose module ${what} does not start and names the line`, async () => {
      writeFileSync(join(folder, "js_workers/tasks/billing/invoices.js"), String(source));

      const { code, out, err } = await start("js_workers/worker.js", {}, folder).ended;

      assert.equal(code, 1);
      assert.equal(out, "");
      assert.match(err, /** @type {RegExp} */ (place));
      assert.equal(err.trim().split("\n").length, 1, err);
    });
  }
});

test("a worker waits for its server and then works", async () => {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}/0`;
  const worker = start("js_workers/worker.js", { JOBS_BROKER_URL: url, JOBS_RESULT_BACKEND: url });
  await waitUntil(() => worker.output.out.includes("Cannot connect to"), "the worker says that it waits");

  const server = await startServer({ port });
  const app = new Celery("client", { brokerUrl: url, resultBackend: url });
  const result = await app.sendTask("js_workers.tasks.example.arithmetic.mul", [2, 3], { queue: "js-queue" });

  assert.equal(await result.get({ timeout: 20 }), 6);
  worker.child.kill("SIGTERM");
  assert.equal((await worker.ended).code, 0);
  await app.close();
  await server.stop();
});
